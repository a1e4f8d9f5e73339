"""``GET /`` (the demo page), its assets, and ``GET /widget.js`` (public: any page may load it)."""

from importlib.resources import files

from flask import Blueprint, Response, abort

from chatbot.web.files import package_file, package_files

_WIDGET_CACHE = "public, max-age=3600"


def page_routes(*, pictures: bool = False) -> Blueprint:
    """The pages of the package, read now. With ``pictures`` the demo page can send some."""
    routes = Blueprint("pages", __name__)
    web = files("chatbot.web")
    pages = package_files(web / "pages")
    index = pages.pop("index.html", None)
    if index and pictures:
        index = index.with_text('data-mode="page"', 'data-mode="page" data-image="true"')
    widget = (
        package_file(web / "widget" / "widget.js", _WIDGET_CACHE)
        if (web / "widget" / "widget.js").is_file()
        else None
    )

    @routes.get("/")
    def page() -> Response:
        return index.response() if index else abort(404)

    @routes.get("/assets/<name>")
    def asset(name: str) -> Response:
        return pages[name].response() if name in pages else abort(404)

    @routes.get("/widget.js")
    def widget_script() -> Response:
        response = widget.response() if widget else abort(404)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    @routes.get("/favicon.ico")
    def icon() -> Response:
        return pages["favicon.svg"].response() if "favicon.svg" in pages else Response(status=204)

    return routes
