"""The played Stripe's hosted page: test cards and a bank debit. A GET changes nothing."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from playground import stripe_reversals as reversals
from playground.stripe_forms import Json, Refused
from playground.stripe_time import catch_up
from playground.stripe_world import ASKED_ABOUT, CARDS, DISPUTED, Card, StripeWorld

_SEPARATORS = re.compile(r"[ -]")
_FORM_BYTES_MAX = 4_096
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "cache-control": "no-store",
    "x-robots-tag": "noindex",
}
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem;"
    "color:#1a1f36;background:#fff}button{display:block;width:100%;margin:.4rem 0;padding:.7rem;"
    "text-align:left;font:inherit;background:#f6f8fa;color:inherit;border:1px solid #6b7280;"
    "border-radius:6px}input{font:inherit;padding:.4rem}header{background:#fde68a;color:#3b2f00;"
    "padding:.5rem 1rem}@media(prefers-color-scheme:dark){body{background:#111827;color:#f9fafb}"
    "button,input{background:#1f2937;color:#f9fafb}}"
)
_UNKNOWN = Card("Declined", decline="generic_decline")
_DECLINES = {
    "generic_decline": "The card was declined. Try another card.",
    "insufficient_funds": "The card has insufficient funds. Try another card.",
}


def routes(world: StripeWorld) -> list[BaseRoute]:
    """The page of each session, and the one form address on it."""

    async def page(request: Request) -> Response:
        catch_up(world)
        try:
            session = world.session(request.path_params["id"])
        except Refused:
            return _html("Not found", "<p>There is no such payment page.</p>", 404)
        if request.method == "POST":
            body = await request.body()
            fields = dict(parse_qsl(body[:_FORM_BYTES_MAX].decode("ascii", "replace")))
            if session["status"] == "open":
                _take(world, session, fields)
                world.keep()
            return RedirectResponse(world.page(session["id"]), 303, headers=_HEADERS)
        return _html("Checkout", _body(world, session), 200)

    return [Route("/c/pay/{id}", page, methods=["GET", "POST"])]


def _take(world: StripeWorld, session: Json, fields: Json) -> None:
    match fields:
        case {"answer": "approve"} if session["in_3d_secure"]:
            world.pay(session)
        case {"answer": _} if session["in_3d_secure"]:
            world.decline(session, "payment_intent_authentication_failure", None)
        case {"transfer": outcome}:
            world.send_debit(session, arrives=outcome == "arrives")
        case {"number": number}:
            card = CARDS.get(_SEPARATORS.sub("", number), _UNKNOWN)
            _take_card(world, session, card)
        case _:
            pass


def _take_card(world: StripeWorld, session: Json, card: Card) -> None:
    if card.asks_3d_secure:
        session["in_3d_secure"] = True
    elif card.decline:
        world.decline(session, "card_declined", card.decline)
    else:
        charge = world.pay(session, card.then)
        if card.then in (DISPUTED, ASKED_ABOUT):
            reversals.dispute(world, charge, inquiry=card.then == ASKED_ABOUT)


def _body(world: StripeWorld, session: Json) -> str:
    what = (
        f"<p>{escape(session['description'])}</p><p><b>{session['amount_total']} "
        f"{escape(session['currency'].upper())}</b>, in Stripe's smallest unit</p>"
    )
    back = f'<p><a href="{escape(session["success_url"])}">Back to the merchant</a></p>'
    match session:
        case {"status": "open", "in_3d_secure": True}:
            return what + _form(
                '<button name="answer" value="approve">Approve</button>'
                '<button name="answer" value="fail">Fail</button>'
            )
        case {"status": "open"}:
            return what + _problem(world, session) + _ways()
        case {"status": "complete", "payment_status": "paid"}:
            return f"{what}<h2>✓ Paid</h2>{back}"
        case {"status": "complete"}:
            return f"{what}<h2>⏳ On its way</h2>{back}"
        case _:
            return f"{what}<h2>This page has expired</h2>{back}"


def _problem(world: StripeWorld, session: Json) -> str:
    intent = world.intents.get(session["payment_intent"] or "", {})
    problem = intent.get("last_payment_error")
    if problem is None:
        return ""
    sentence = _DECLINES.get(problem["decline_code"], "The 3-D Secure check failed.")
    return f'<p role="alert"><b>✕ Not paid.</b> {sentence}</p>'


def _ways() -> str:
    cards = "".join(
        f'<button name="number" value="{number}">{number} · {card.outcome}</button>'
        for number, card in CARDS.items()
    )
    typed = (
        '<p><label>Card <input name="number" inputmode="numeric" autocomplete="off"></label> '
        '<label>Expiry <input name="expiry" size="5"></label> '
        '<label>CVC <input name="cvc" size="4"></label></p><button>Pay</button>'
    )
    debit = (
        '<button name="transfer" value="arrives">Bank debit that arrives</button>'
        '<button name="transfer" value="bounces">Bank debit that bounces</button>'
    )
    return f"{_form(typed)}<h2>Test cards</h2>{_form(cards)}<h2>Slow ways</h2>{_form(debit)}"


def _form(inside: str) -> str:
    return f'<form method="post">{inside}</form>'


def _html(title: str, body: str, status: int) -> HTMLResponse:
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} · Stripe (simulated)'
        '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style><header><b>Stripe (simulated).</b> No real card, no money."
        f"</header><main><h1>{title}</h1>{body}</main></html>"
    )
    return HTMLResponse(page, status, headers=_HEADERS)
