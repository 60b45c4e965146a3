"""Django's settings. What differs between installations comes from the environment (environment.py); rules of the
institution never do, they are versions of its regulation.
"""

from __future__ import annotations

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from nangmai.web import environment

PACKAGE = Path(__file__).parent
DATA_DIR = environment.data_folder()

DEBUG = environment.flag("NANGMAI_DEBUG")
SECRET_KEY = environment.secret_key(DATA_DIR)
ALLOWED_HOSTS = environment.words("NANGMAI_HOSTS", "localhost 127.0.0.1 [::1]")

#: The people behind a gateway with a certificate use https; the gateway says so in X-Forwarded-Proto.
IS_TLS = environment.flag("NANGMAI_TLS")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = IS_TLS
SECURE_HSTS_SECONDS = 0  # a school's own CA can be lost: a browser that insists on https would then lock everyone out
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "nangmai.web.ui",
    "nangmai.web.clockwork",
    "nangmai.web.accounts",
    "nangmai.web.ledger",
    "nangmai.web.people",
    "nangmai.web.sites",
    "nangmai.web.documents",
    "nangmai.web.regulation",
    "nangmai.web.duties",
    "nangmai.web.watch",
    "nangmai.web.matters",
    "nangmai.web.directions",
    "nangmai.web.incidents",
    "nangmai.web.emergencies",
    "nangmai.web.letters",
    "nangmai.web.amendments",
    "nangmai.web.footage",
    "nangmai.web.compliance",
    "nangmai.web.control",
    "nangmai.web.demonstration",
]

MIDDLEWARE = [
    "nangmai.web.security.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "nangmai.web.ui.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "nangmai.web.errors.SignInFirst",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "nangmai.web.accounts.middleware.KnownSession",
    "nangmai.web.errors.ErrorPages",
]

ROOT_URLCONF = "nangmai.web.urls"
WSGI_APPLICATION = "nangmai.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csrf",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "nangmai.web.ui.context.page",
                "nangmai.web.people.context.held",
                "nangmai.web.regulation.context.acts",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "nangmai.web.ui.templatetags.ui"],
        },
    }
]

DATABASES = {"default": environment.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

#: the module that decides who may do what (authority.py)
AUTHORITY = "nangmai.web.regulation.authorities"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "display_name")},
    },
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign_in"

SESSION_COOKIE_AGE = 14 * 3600  # longer than a shift of twelve hours, shorter than a day
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_NAME = "nangmai_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "nangmai_csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "nangmai.web.errors.csrf_failure"

#: who signs papers with a token (docs/how-to/sign-with-a-token.md), which further roots count, who stamps the time
PKCS11_MODULE = environment.text("NANGMAI_PKCS11_MODULE")
PKCS11_TOKEN = environment.text("NANGMAI_PKCS11_TOKEN")
PKCS11_PIN = environment.text("NANGMAI_PKCS11_PIN")
PKCS11_PEOPLE = environment.words("NANGMAI_PKCS11_PEOPLE", "")
SIGNATURE_ROOTS = environment.text("NANGMAI_SIGNATURE_ROOTS")
TIMESTAMP_AUTHORITY = environment.text("NANGMAI_TIMESTAMP_AUTHORITY")

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "nangmai_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = environment.text("NANGMAI_TIME_ZONE", "Asia/Ho_Chi_Minh")
FORMAT_MODULE_PATH = ["nangmai.web.ui.formats"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # no collectstatic: the package holds every file, and there are few
WHITENOISE_AUTOREFRESH = DEBUG
WHITENOISE_MAX_AGE = 60 if DEBUG else 300
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.woff2$|[.-][0-9A-Za-z_-]{8,}\.(js|css)$"

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024  # a report of 32 cameras with a full outbox is far below

#: mail leaves through here, for witnesses of the ledger; without a host it is refused where it would be sent
EMAIL_HOST = environment.text("NANGMAI_MAIL_HOST", "localhost")
EMAIL_PORT = environment.number("NANGMAI_MAIL_PORT", 25)
EMAIL_HOST_USER = environment.text("NANGMAI_MAIL_USER")
EMAIL_HOST_PASSWORD = environment.text("NANGMAI_MAIL_PASSWORD")
EMAIL_USE_TLS = environment.flag("NANGMAI_MAIL_TLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.text("NANGMAI_MAIL_FROM", "nangmai@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "masked": {
            "()": "nangmai.base.log.MaskingFormatter",
            "format": "%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "masked"}},
    "root": {"handlers": ["stderr"], "level": environment.text("NANGMAI_LOG_LEVEL", "INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "waitress.queue": {"level": "ERROR"}},
}
