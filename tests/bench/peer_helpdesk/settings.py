"""Settings of django-helpdesk: as in production, and as fast as settings alone make it.

Its commits are as durable as Ombud's: on SQLite `journal_mode=WAL` and `synchronous=FULL`, on
PostgreSQL the same server. Its mail is composed but not sent, so that no mail server is measured.
"""

from __future__ import annotations

import os

from psycopg.conninfo import conninfo_to_dict

# `sqlite:///file`, or how libpq writes a PostgreSQL database.
ADDRESS = os.environ["DATABASE_URL"]

SECRET_KEY = "for the bench only"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "tests.bench.peer_helpdesk.urls"
STATIC_URL = "/static/"
SITE_ID = 1
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
HELPDESK_TEAMS_MODE_ENABLED = False

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sites",
    "django.contrib.humanize",
    "helpdesk",
    "rest_framework",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def _database() -> dict[str, object]:
    if ADDRESS.startswith("sqlite:///"):
        tuned = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
        backend = "django.db.backends.sqlite3"
        return {"ENGINE": backend, "NAME": ADDRESS.removeprefix("sqlite:///"), "OPTIONS": tuned}
    parts = conninfo_to_dict(ADDRESS)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts["dbname"],
        "USER": parts.get("user", ""),
        "PASSWORD": parts.get("password", ""),
        "HOST": parts.get("host", ""),
        "PORT": parts.get("port", ""),
    }


# By default Django commits each row and connects again for each request. On SQLite with 4 threads, one
# transaction for a request took 131 tickets a second, a commit for each row 89.
DATABASES = {"default": {**_database(), "CONN_MAX_AGE": None, "ATOMIC_REQUESTS": True}}
