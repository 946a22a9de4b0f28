"""Events, states, effects, views and ports: what the machine and the bot tell each other."""
