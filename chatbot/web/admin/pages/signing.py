"""In by name and password, or the first time by the one-time link; and out."""

from flask import Response, redirect, request

from chatbot.web.admin.door import Desk
from chatbot.web.admin.gate import SignInError
from chatbot.web.admin.rendering import field, inside, render


def sign_in_form(desk: Desk) -> Response:
    """The form; ``next`` is where to go afterwards."""
    return render("signin.html", next=inside(request.args.get("next", "")), problem="")


def sign_in(desk: Desk) -> Response:
    """Begin a session, or say why not."""
    address = inside(field("next"))
    response = redirect(address, 303)
    try:
        desk.gate.sign_in(request, response, field("name", 60), request.form.get("password", "")[:256])
    except SignInError as error:
        return render("signin.html", 403, next=address, problem=error.message)
    return response


def set_up_form(desk: Desk, link: str) -> Response:
    """The page of the one-time link; opening it uses nothing up."""
    return render("setup.html", problem="")


def set_up(desk: Desk, link: str) -> Response:
    """Make the first administrator."""
    response = redirect("/admin/", 303)
    try:
        who = (field("name", 60), request.form.get("password", "")[:256])
        desk.gate.set_up(request, response, link, who)
    except SignInError as error:
        return render("setup.html", 403, problem=error.message)
    return response


def sign_out(desk: Desk) -> Response:
    """End the session."""
    response = redirect("/admin/signin", 303)
    desk.gate.sign_out(request, response)
    return response
