"""The running application: it wires rules, chats, gateways and storage together."""
