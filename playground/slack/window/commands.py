"""Slash commands as a person types them, and what Slackbot says when one cannot be carried out."""

from playground.slack.api.hooks import Place, ResponseUrls, answer
from playground.slack.events.delivery import Delivery
from playground.slack.events.payloads import command_payload
from playground.slack.window.modals import json_object
from playground.slack.world.records import (
    SLACKBOT,
    Answer,
    Channel,
    Installation,
    Json,
    Message,
    SlackError,
    User,
)
from playground.slack.world.world import SlackWorld

_NO_SUCH_COMMAND = (
    "`{}` is not a valid command. In Slack, all messages that start with the “/” character are"
    " interpreted as commands. To send it as a message, put a space before the “/”."
)


class Commands:
    """Sends commands to the installation that a person has where they type."""

    __slots__ = ("_delivery", "_hooks", "_world")

    def __init__(self, world: SlackWorld, delivery: Delivery, hooks: ResponseUrls) -> None:
        self._world = world
        self._delivery = delivery
        self._hooks = hooks

    async def run(self, user: User, channel: Channel, text: str, thread_ts: str) -> None:
        """Carry a command out, or have Slackbot say why not."""
        name, _, rest = text.partition(" ")
        app = self._app(user, channel)
        if app is None or name not in {command.name for command in self._world.commands}:
            return self._tell(user, channel, _NO_SUCH_COMMAND.format(escaped(name)))
        if thread_ts:
            return self._tell(user, channel, f"`{name}` is not supported in threads. Sorry!")
        error = await self._send(app, user, channel, name, rest.strip())
        if error:
            self._tell(user, channel, f'`{name}` failed with the error "{error}"')
        return None

    def _app(self, user: User, channel: Channel) -> Installation | None:
        """In a channel shared with another company, each has its own company's commands."""
        if not channel.is_im:
            return self._world.app_for(user.team_id)
        for app in self._world.apps.values():
            if app.bot_user_id in channel.members:
                return app
        return None

    async def _send(
        self, app: Installation, user: User, channel: Channel, name: str, text: str
    ) -> str:
        form = command_payload(self._world, app, user, channel, name, text)
        form["response_url"] = self._hooks.issue(user.id, channel.id, bot=app.bot_user_id)
        form["trigger_id"] = self._world.issue_trigger(user.id, bot=app.bot_user_id)
        reply = await self._delivery.command(form)
        if reply.error or not reply.body.strip():
            return reply.error
        return self._show(Place(app.bot_user_id, user.id, channel.id), reply)

    def _show(self, place: Place, reply: Answer) -> str:
        """Show what the bot answered; the error's name if it cannot be shown."""
        body: Json | None = {"text": reply.body}
        if reply.content_type == "application/json":
            body = json_object(reply.body)
        if body is None:
            return "invalid_command_response"
        if not body:
            return ""
        try:
            answer(self._world, place, body)
        except SlackError as refusal:
            return refusal.code
        return ""

    def _tell(self, user: User, channel: Channel, text: str) -> None:
        """Slackbot says something that only this person sees."""
        ts = self._world.next_ts()
        self._world.add_message(Message(ts, channel.id, SLACKBOT, text, ephemeral_to=user.id))


def escaped(text: str) -> str:
    """As Slack hands on what people type: only these three characters are special in mrkdwn."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
