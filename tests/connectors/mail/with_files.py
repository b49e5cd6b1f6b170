"""Sample mails with files, as mail programs attach them."""

from __future__ import annotations

from tests.connectors.mail.raw_mail import Sample, file_part, mail, nested, text_part, winmail, with_parts

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(255)) * 200
PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"

SAMPLES = (
    Sample(
        name="a PDF",
        raw=with_parts(text_part("Attached.\n"), file_part("note.pdf", "application/pdf", PDF)),
        text="Attached.",
        files=("note.pdf",),
    ),
    Sample(
        name="three photos and no words",
        raw=with_parts(*(file_part(f"IMG_{n}.jpg", "image/jpeg", JPEG) for n in (1, 2, 3))),
        text="",
        files=("IMG_1.jpg", "IMG_2.jpg", "IMG_3.jpg"),
    ),
    Sample(
        name="Outlook, a logo in the signature",
        raw=with_parts(
            nested(text_part("See photo.\n"), text_part('<p>See photo.</p><img src="cid:logo">', "html")),
            file_part("image001.png", "image/png", PNG, "Content-ID: <logo>", how="inline"),
            kind="related",
        ),
        text="See photo.",
        files=("image001.png",),
    ),
    Sample(
        name="Apple Mail, photos between the words",
        raw=with_parts(
            text_part("First side:\n"),
            file_part("a.jpg", "image/jpeg", JPEG, how="inline"),
            text_part("Second side:\n"),
            file_part("b.jpg", "image/jpeg", JPEG, how="inline"),
        ),
        text="First side:\n\nSecond side:",
        files=("a.jpg", "b.jpg"),
    ),
    Sample(
        name="Apple Mail, a PDF inside of the HTML alternative",
        raw=with_parts(
            text_part("Here.\n"),
            nested(
                text_part("<p>Here.</p>", "html"), file_part("note.pdf", "application/pdf", PDF), kind="mixed"
            ),
            kind="alternative",
        ),
        text="Here.",
        files=("note.pdf",),
    ),
    Sample(
        name="a mail that is nothing but a PDF",
        raw=mail(
            PDF,
            "Content-Type: application/pdf; name=note.pdf",
            "Content-Disposition: attachment",
            Subject="note",
        ),
        text="",
        files=("note.pdf",),
    ),
    Sample(
        name="a picture without a name",
        raw=with_parts(text_part("Here.\n"), b"Content-Type: image/png\r\n\r\n" + b"\x89PNG"),
        text="Here.",
        files=("attachment-1.png",),
    ),
    Sample(
        name="a text file is a file",
        raw=with_parts(text_part("Log attached.\n"), file_part("log.txt", "text/plain", b"12 chairs\n")),
        text="Log attached.",
        files=("log.txt",),
    ),
    Sample(
        name="winmail.dat with words and two files",
        raw=with_parts(
            text_part("\n"),
            file_part(
                "winmail.dat",
                "application/ms-tnef",
                winmail("Both notes.", first_note_pdf=PDF, photo_jpg=JPEG),
            ),
        ),
        text="Both notes.",
        files=("first.note.pdf", "photo.jpg"),
    ),
    Sample(
        name="winmail.dat under a type that says nothing",
        raw=with_parts(
            text_part("See file.\n"),
            file_part("winmail.dat", "application/octet-stream", winmail("x", note_pdf=PDF)),
        ),
        text="See file.",
        files=("note.pdf",),
    ),
    Sample(
        name="a winmail.dat that is none",
        raw=with_parts(text_part("Hm.\n"), file_part("winmail.dat", "application/ms-tnef", b"no")),
        text="Hm.",
        files=("winmail.dat",),
    ),
    Sample(
        name="a winmail.dat that breaks off",
        raw=with_parts(
            text_part("Hm.\n"),
            file_part("winmail.dat", "application/ms-tnef", winmail("x", note_pdf=PDF, b_jpg=JPEG)[:260]),
        ),
        text="Hm.",
        files=("note.pdf",),
    ),
    Sample(
        name="30 MB in one file",
        raw=with_parts(
            text_part("Large.\n"), file_part("scan.pdf", "application/pdf", PDF + bytes(30_000_000))
        ),
        text="Large.",
        files=("scan.pdf",),
    ),
    Sample(
        name="a path for a name",
        raw=with_parts(text_part("Hm.\n"), file_part("../../etc/passwd", "application/pdf", PDF)),
        text="Hm.",
        files=("../../etc/passwd",),
    ),
)
