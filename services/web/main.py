"""uvicorn's entry: `uvicorn --factory services.web.main:app`."""

from litestar import Litestar

from services.web.app import create_app
from shared.kit.settings import Settings


def app() -> Litestar:
    return create_app(Settings.from_environment())
