"""Tests of safe names: harmless, whatever was sent."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.evidence.names import LONGEST_NAME, ending_of, safe_name, with_ending


@pytest.mark.parametrize(
    ("raw", "safe"),
    [
        ("Lieferschein März.pdf", "Lieferschein März.pdf"),
        ("../../etc/passwd", "passwd"),
        ("..\\..\\windows\\system32\\calc.exe", "calc.exe"),
        ("C:\\fakepath\\photo.jpg", "photo.jpg"),
        ("/absolute/photo.jpg", "photo.jpg"),
        ("..", "file"),
        ("", "file"),
        (".htaccess", "htaccess"),
        ("photo.jpg\x00.exe", "photo.jpg.exe"),
        ("invoice\r\nSet-Cookie: a=b.pdf", "invoice Set-Cookie_ a=b.pdf"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("CON.pdf", "_CON.pdf"),
        ("..%2f..%2fpasswd.txt", "_2f.._2fpasswd.txt"),
        ('a"b<c>d|e?f*g.png', "a_b_c_d_e_f_g.png"),
        ("note.pdf. . .", "note.pdf"),
        ("e\u0301t\u00e9.txt", "été.txt"),
        ("\ud800broken.pdf", "broken.pdf"),
    ],
)
def test_a_name_loses_its_tricks_and_keeps_its_meaning(raw: str, safe: str) -> None:
    assert safe_name(raw) == safe


def test_a_long_name_is_cut_before_its_ending() -> None:
    name = safe_name("photo " * 100 + ".jpeg")
    assert len(name) <= LONGEST_NAME
    assert name.startswith("photo photo")
    assert name.endswith(".jpeg")


def test_a_name_gets_the_ending_of_what_it_is() -> None:
    assert with_ending("IMG_1.HEIC", ".jpg") == "IMG_1.jpg"
    assert with_ending("image001", ".png") == "image001.png"
    assert len(with_ending("x" * LONGEST_NAME, ".jpg")) == LONGEST_NAME
    assert with_ending("x" * LONGEST_NAME, ".jpg").endswith(".jpg")


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_no_name_is_a_path_or_has_anything_unseen(raw: str) -> None:
    name = safe_name(raw)
    assert 0 < len(name) <= LONGEST_NAME
    assert not set('/\\<>:"|?*%') & set(name)
    assert not name.startswith(".")
    assert name == name.strip()
    assert not any(unicodedata.category(character).startswith("C") for character in name)
    assert safe_name(name) == name


@given(st.text(max_size=200))
def test_an_ending_that_was_given_is_the_ending_that_is_found(raw: str) -> None:
    assert ending_of(with_ending(safe_name(raw), ".pdf")) == ".pdf"
