"""The Slack window in a real browser: every way to a credited top-up that a member has."""

from __future__ import annotations

import asyncio
import re

import pytest
from playwright.async_api import Locator, Route, expect

from tests.support.browser.browser import DECLINED, PAID, Desk

# One worker keeps them all: they share one demo.
pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.xdist_group("browser"),
]

TOP_UP = re.compile(r"TU-\w{8}")


async def test_a_form_becomes_a_credited_card(desk: Desk) -> None:
    """Form, review, payment page: one card is edited from review to credited, with every id."""
    await desk.slack.say("/topup")
    form = desk.slack.region.get_by_role("dialog", name="Top up")
    await form.get_by_label("Account").select_option(label="Acme Cloud (USD)")
    await form.get_by_label("Amount").fill("31")
    await form.get_by_label("Method").select_option(label="Card (1.5% fee)")
    await form.get_by_role("button", name="Review").click()
    card = desk.slack.card("$31.00")
    await expect(card).to_contain_text("Review your top-up")
    before = await desk.slack.log.get_by_role("article").count()

    await card.get_by_role("button", name="Confirm $31.47").click()
    await expect(card).to_contain_text("Waiting for payment")
    top_up = await said(card, TOP_UP)
    checkout = await desk.checkout(card)
    await checkout.get_by_role("button", name=PAID).click()
    await expect(checkout.get_by_role("status")).to_contain_text("$31.47")

    await expect(card).to_contain_text("Credited $31.00")
    await expect(card).to_contain_text(top_up)
    await expect(card).to_contain_text(re.compile(r"pay_\w+"))
    await expect(card).to_contain_text(re.compile(r"TX-\d+"))
    await expect(card.get_by_role("link")).to_have_count(0)
    assert await desk.slack.log.get_by_role("article").count() == before


async def test_an_amount_that_is_none_is_said_at_its_field(desk: Desk) -> None:
    """The form stays open with what was typed, and the keyboard is at the field to correct."""
    await desk.slack.say("/topup")
    form = desk.slack.region.get_by_role("dialog", name="Top up")
    amount = form.get_by_label("Amount")
    await amount.fill("a lot")
    await form.get_by_role("button", name="Review").click()

    await expect(amount).to_have_accessible_description(re.compile("could not read that"))
    await expect(amount).to_have_value("a lot")
    await expect(amount).to_be_focused()
    await amount.press("Escape")
    await expect(form).to_be_hidden()


async def test_a_declined_card_then_a_good_one(desk: Desk) -> None:
    """The card tells of the decline, that no payment was seen, and its link takes the next."""
    await desk.slack.say("/topup 32 USD card acme-cloud")
    card = desk.slack.card("$32.00")
    await card.get_by_role("button", name="Confirm").click()
    checkout = await desk.checkout(card)

    await checkout.get_by_role("button", name=DECLINED).click()
    await expect(checkout.get_by_role("alert")).to_contain_text("declined")
    await expect(card).to_contain_text("declined")
    await expect(card).to_contain_text("We have seen no payment")

    await checkout.get_by_role("button", name=PAID).click()
    await expect(card).to_contain_text("Credited $32.00")


async def test_a_channel_hears_of_a_low_balance_and_of_its_end(desk: Desk) -> None:
    """Spend, alert in the channel, its own Top up button, and the same message is resolved."""
    await desk.slack.be("Ben Okafor")
    await channel(desk, "cloud-billing")
    await desk.spend("Acme Tokyo", "1000")
    alert = desk.slack.card("Acme Tokyo")
    await expect(alert).to_contain_text("Low balance")

    await alert.get_by_role("button", name="Top up").click()
    form = desk.slack.region.get_by_role("dialog", name="Top up")
    await expect(form.get_by_label("Account").locator("option:checked")).to_have_text(
        "Acme Tokyo (JPY)"
    )
    await form.get_by_label("Amount").fill("5000")
    await form.get_by_role("button", name="Review").click()
    await expect(form).to_be_hidden()
    await channel(desk, "topup-bot")
    card = desk.slack.card("¥5,000")
    await card.get_by_role("button", name="Confirm").click()
    await (await desk.checkout(card)).get_by_role("button", name=PAID).click()
    await expect(card).to_contain_text("Credited ¥5,000")

    await channel(desk, "cloud-billing")
    await expect(alert).to_contain_text("Resolved")
    await expect(alert.get_by_role("button", name="Top up")).to_have_count(0)


async def test_a_shortcut_of_an_alert_is_told_in_its_thread(desk: Desk) -> None:
    """The message's own menu tops up its account; the thread tells the channel how it goes."""
    await channel(desk, "cloud-billing")
    await desk.spend("Acme Cloud", "1000")
    alert = desk.slack.card("Low balance: ", "Acme Cloud")
    await alert.hover()
    await alert.get_by_role("button", name="More actions").click()
    await desk.page.get_by_role("menuitem", name="Top up this account").click()
    form = desk.slack.region.get_by_role("dialog", name="Top up")
    await expect(form.get_by_label("Account")).to_have_value("acme-cloud")
    await form.get_by_label("Amount").fill("36")
    await form.get_by_role("button", name="Review").click()
    await channel(desk, "topup-bot")
    card = desk.slack.card("$36.00")
    await card.get_by_role("button", name="Confirm").click()
    await expect(card).to_contain_text("Waiting for payment")

    await channel(desk, "cloud-billing")
    await desk.slack.log.get_by_role("button", name=re.compile("1 reply")).last.click()
    thread = desk.slack.region.get_by_role("log", name="Thread")
    await expect(thread).to_contain_text(re.compile(r"@ana\S? is topping up \$36\.00"))
    await desk.page.keyboard.press("Escape")
    await channel(desk, "topup-bot")
    await card.get_by_role("button", name="Cancel this top-up").click()
    sure = desk.slack.region.get_by_role("alertdialog")
    await sure.get_by_role("button", name="Cancel this top-up").click()
    await expect(card).to_contain_text("Cancelled")


async def test_what_was_begun_waits_in_its_channel(desk: Desk) -> None:
    """A half-written message stays where it was written, and with who wrote it."""
    await channel(desk, "general")
    await desk.slack.box.fill("Half a thought")
    await channel(desk, "cloud-billing")
    await expect(desk.slack.box).to_be_empty()
    await desk.slack.be("Ben Okafor")
    await channel(desk, "general")
    await expect(desk.slack.box).to_be_empty()

    await desk.slack.be("Ana Silva")
    await channel(desk, "general")
    await expect(desk.slack.box).to_have_value("Half a thought")


async def test_a_button_of_an_old_screen_changes_nothing(desk: Desk) -> None:
    """A second tab that missed the change presses what is gone: told so, and nothing happens."""
    await desk.slack.say("/topup 33 USD card acme-cloud")
    card = desk.slack.card("$33.00")
    await expect(card).to_contain_text("Review your top-up")
    old = await desk.frozen()
    pressed = old.slack.card("$33.00").get_by_role("button", name="Confirm")
    await expect(pressed).to_be_visible()
    await card.get_by_role("button", name="Cancel").click()
    await expect(card.get_by_role("button", name="Confirm")).to_have_count(0)

    await pressed.click()
    await expect(desk.slack.log).to_contain_text("The newest card shows how things stand")
    await expect(desk.slack.log.get_by_text("Waiting for payment")).to_have_count(0)


async def test_the_app_home_shows_what_there_is(desk: Desk) -> None:
    """Balances and the last top-ups stand on the Home tab, and its button opens the form."""
    await desk.slack.region.get_by_role("tab", name="Home").click()
    home = desk.slack.region.get_by_role("tabpanel", name="Home")
    await expect(home).to_contain_text("Acme Cloud")
    await expect(home).to_contain_text("Acme Tokyo")

    await home.get_by_role("button", name="Top up").click()
    form = desk.slack.region.get_by_role("dialog", name="Top up")
    await expect(form.get_by_label("Amount")).to_be_visible()
    await desk.page.keyboard.press("Escape")
    await expect(form).to_be_hidden()


async def test_each_person_sees_their_own(desk: Desk) -> None:
    """What the bot tells Ana, Ben does not see; what she writes in a channel, he does."""
    await channel(desk, "general")
    await desk.slack.say("Where do I top up?")
    await channel(desk, "topup-bot")
    await desk.slack.say("/topup 34 USD card acme-cloud")
    await expect(desk.slack.card("$34.00")).to_be_visible()

    await desk.slack.be("Ben Okafor")
    await channel(desk, "general")
    await expect(desk.slack.card("Where do I top up?")).to_be_visible()
    await channel(desk, "topup-bot")
    await expect(desk.slack.log.get_by_text("$34.00")).to_have_count(0)

    await desk.slack.be("Ana Silva")
    card = desk.slack.card("$34.00")
    await card.get_by_role("button", name="Cancel").click()
    await expect(card.get_by_role("button", name="Confirm")).to_have_count(0)


async def test_a_late_answer_brings_nobody_back(desk: Desk) -> None:
    """Ana's answer comes after Ben was chosen: nobody acts until his is there, and then he."""
    person = desk.slack.person
    ben = await person.locator("option", has_text="Ben Okafor").get_attribute("value") or ""
    for_ana, for_ben = asyncio.Event(), asyncio.Event()

    async def slowly(route: Route) -> None:
        await (for_ben if ben in route.request.url else for_ana).wait()
        await route.continue_()

    await channel(desk, "general")
    await desk.page.route("**/slack/state?*", slowly)
    async with desk.page.expect_request("**/slack/state?*"):
        await desk.slack.say("I am Ana")
    async with desk.page.expect_response("**/slack/state?*") as late:
        await person.select_option(value=ben)
        for_ana.set()
    await (await late.value).finished()
    await desk.page.evaluate("fetch('/world').then((reply) => reply.json())")
    await expect(person).to_have_value(ben)
    box = desk.slack.region.locator("textarea").first
    await box.focus()
    await expect(box).not_to_be_focused()

    for_ben.set()
    await desk.slack.settled()
    await channel(desk, "general")
    await desk.slack.say("I am Ben")
    await expect(desk.slack.card("I am Ben")).to_have_accessible_name(re.compile("^Ben Okafor"))
    await expect(person).to_have_value(ben)


async def test_175_a_keyboard_is_enough(desk: Desk) -> None:
    """From the first Tab to the credited card no mouse is needed, whatever was said before."""
    for _ in range(6):
        await desk.slack.say("/topup help")
    await desk.page.reload()
    await desk.press(desk.page.get_by_role("link", name="Skip to Slack"))
    await expect(desk.slack.box).to_be_focused()
    await desk.page.keyboard.type("/topup 35 USD card acme-cloud")
    await desk.page.keyboard.press("Enter")
    card = desk.slack.card("$35.00")
    await desk.press(card.get_by_role("button", name="Confirm"), key="Shift+Tab")
    async with desk.context.expect_page() as opened:
        await desk.press(card.get_by_role("link", name=re.compile("^Pay ")))
    paying = await opened.value
    await desk.press(paying.get_by_role("button", name="Continue to payment"), paying)
    await desk.press(paying.get_by_role("button", name=PAID), paying)

    await expect(card).to_contain_text("Credited $35.00")


async def test_175_arrows_move_among_the_messages(desk: Desk) -> None:
    """Only the message that was reached offers its tools to Tab."""
    await channel(desk, "general")
    for said in ("One", "Two"):
        await desk.slack.say(said)
    two = desk.slack.card("Two")
    await expect(two).to_be_visible()
    await desk.slack.log.focus()
    await desk.page.keyboard.press("ArrowUp")
    await expect(two).to_be_focused()
    await desk.page.keyboard.press("ArrowUp")
    one = desk.slack.card("One")
    await expect(one).to_be_focused()
    await desk.page.keyboard.press("Tab")
    await desk.press(one.get_by_role("button", name="More actions"))
    await expect(desk.page.get_by_role("menuitem", name="Reply in thread")).to_be_focused()
    await desk.page.keyboard.press("Escape")
    await expect(one.get_by_role("button", name="More actions")).to_be_focused()
    await desk.page.keyboard.press("Tab")
    await expect(two).not_to_be_focused()
    await expect(desk.slack.log.locator("[tabindex='0'].sl-tool")).to_have_count(0)


async def channel(desk: Desk, name: str) -> None:
    """Choose it in the side bar."""
    side = desk.slack.region.get_by_role("navigation", name="Channels")
    await side.get_by_role("button", name=name).click()
    await expect(desk.slack.region.get_by_role("heading", level=2, name=name)).to_be_visible()


async def said(card: Locator, pattern: re.Pattern[str]) -> str:
    """What a card says in these words."""
    await expect(card).to_contain_text(pattern)
    found = pattern.search(await card.inner_text())
    assert found is not None
    return found[0]
