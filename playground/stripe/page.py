"""The played Stripe's hosted page: test cards and a bank debit. A GET changes nothing."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from playground.stripe import reversals
from playground.stripe.forms import Json, Refused
from playground.stripe.money import in_words
from playground.stripe.time import catch_up
from playground.stripe.world import ASKED_ABOUT, BANK_CARDS, DISPUTED, BankCard, StripeWorld

_SEPARATORS = re.compile(r"[ -]")
_FORM_BYTES_MAX = 4_096
_HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex",
}
_STYLE = (
    "*{box-sizing:border-box}body{margin:0;font:16px/1.5 system-ui,sans-serif;color:#1a1f36;"
    "background:#f2f4f8}header{padding:.6rem 1rem;text-align:center;color:#3b2f00;"
    "background:#fde68a}header b{display:block}main{max-width:30rem;margin:1.5rem auto;"
    "padding:1.25rem 1.5rem;background:#fff;border-radius:12px;box-shadow:0 1px 8px #1a1f3626}"
    "h1{margin:0;font-size:1.1rem;font-weight:600}h2{margin:1.4rem 0 .2rem;font-size:1rem}"
    "p{margin:.2rem 0}.price{font-size:1.9rem;font-weight:700}form{margin-top:.7rem}"
    "label{display:block;margin:.5rem 0;font-size:.9rem}.pair{display:grid;gap:.8rem;"
    "grid-template-columns:1fr 1fr}input{display:block;width:100%;padding:.55rem .7rem;"
    "font:inherit;font-size:1rem;border:1px solid #8792a2;border-radius:6px;color:inherit;"
    "background:#fff}button{display:block;width:100%;margin:.4rem 0;padding:.6rem .8rem;"
    "text-align:left;font:inherit;color:inherit;background:#f6f8fa;border:1px solid #8792a2;"
    "border-radius:6px;cursor:pointer}button b{display:block;font-variant-numeric:tabular-nums}"
    "button:hover{background:#e9edf5}.pay{text-align:center;font-weight:600;color:#fff;"
    "background:#4b45c6;border-color:#4b45c6}.pay:hover{background:#3a35a5}"
    "[role=alert]{margin:.6rem 0;padding:.5rem .8rem;border-left:4px solid #b3093c;"
    "background:#fde8ee}a{color:#4b45c6}:focus-visible{outline:3px solid #1d9bd1;"
    "outline-offset:2px}@media(prefers-color-scheme:dark){body{color:#f3f4f8;background:#10131f}"
    "main,input{background:#1b2030}button{background:#252b3d}button:hover{background:#323a52}"
    "[role=alert]{background:#4a1526}a{color:#a8b1ff}}"
)
_UNKNOWN = BankCard("Declined", decline="generic_decline")
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
                world.changed()
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
            card = BANK_CARDS.get(_SEPARATORS.sub("", number), _UNKNOWN)
            _take_card(world, session, card)
        case _:
            pass


def _take_card(world: StripeWorld, session: Json, card: BankCard) -> None:
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
        f'<p>{escape(session["description"])}</p><p class="price">'
        f"{in_words(session['amount_total'], session['currency'])}</p>"
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
            return f'{what}<h2 role="status">Paid</h2>{back}'
        case {"status": "complete"}:
            return f'{what}<h2 role="status">On its way</h2>{back}'
        case _:
            return f"{what}<h2>This page has expired</h2>{back}"


def _problem(world: StripeWorld, session: Json) -> str:
    intent = world.intents.get(session["payment_intent"] or "", {})
    problem = intent.get("last_payment_error")
    if problem is None:
        return ""
    sentence = _DECLINES.get(problem["decline_code"], "The 3-D Secure check failed.")
    return f'<p role="alert"><b>Not paid.</b> {sentence}</p>'


def _ways() -> str:
    cards = "".join(
        f'<button name="number" value="{number}"><b>{_grouped(number)}</b> {card.outcome}</button>'
        for number, card in BANK_CARDS.items()
    )
    typed = (
        '<label>Card number <input name="number" inputmode="numeric" autocomplete="off" required>'
        '</label><div class="pair"><label>Expiry <input name="expiry" placeholder="12 / 34">'
        '</label><label>CVC <input name="cvc" inputmode="numeric" placeholder="123"></label></div>'
        '<button class="pay">Pay</button>'
    )
    debit = (
        '<button name="transfer" value="arrives">Bank debit that arrives</button>'
        '<button name="transfer" value="bounces">Bank debit that bounces</button>'
    )
    return (
        f"{_form(typed)}<h2>Test cards</h2><p>Stripe's own: one press pays.</p>{_form(cards)}"
        f"<h2>Slow ways</h2>{_form(debit)}"
    )


def _grouped(number: str) -> str:
    return " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def _form(inside: str) -> str:
    return f'<form method="post">{inside}</form>'


def _html(title: str, body: str, status: int) -> HTMLResponse:
    page = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} · Stripe (simulated)'
        '</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>{_STYLE}</style><header><b>Stripe (simulated)</b> This page is played on your "
        f"machine. No real card, no money.</header><main><h1>{title}</h1>{body}</main></html>"
    )
    return HTMLResponse(page, status, headers=_HEADERS)
