"""What a person may do: the same way for every screen, once per click, audited, told to all."""

from data.commands.alarms import AlarmCommands
from data.commands.base import MAY_ACT, Actor
from data.commands.devices import DeviceCommands
from data.commands.displays import DisplayCommands
from data.commands.incidents import IncidentCommands
from data.commands.keys import KeyCommands
from data.commands.letters import LetterCommands
from data.commands.rules import RuleCommands
from data.commands.transmitters import TransmitterCommands

__all__ = ["MAY_ACT", "Actor", "Commands"]


class Commands(
    AlarmCommands,
    DeviceCommands,
    DisplayCommands,
    IncidentCommands,
    KeyCommands,
    LetterCommands,
    RuleCommands,
    TransmitterCommands,
):
    """Everything that the server lets a person do."""
