"""The page of the rules; a change is a command of the browser, after which the page is new."""

from dash import Dash
from dash.development.base_component import Component

from callbacks.desk.page import current_header
from callbacks.services import Services
from data.domain.rule_changes import Numbers, RuleChange, known_changes
from data.store.rules import history, read_rules
from layouts.header import HeaderView
from layouts.rules import RulesView, rules_page
from layouts.shown import Shown


def page(services: Services) -> Component:
    """Return the page for the person who asks for it."""
    who = current_header()
    return rules_page(view_page(services, who), Shown(who.lang, services.now()))


def view_page(services: Services, who: HeaderView) -> RulesView:
    """Return the rules in force with their newest changes."""
    with services.database.reading() as session:
        rows = history(session)
        changes = [
            RuleChange(
                row.at,
                row.actor,
                row.device_kind,
                row.cause,
                Numbers(**row.before),
                Numbers(**row.after),
                row.reason,
            )
            for row in rows
        ]
        return RulesView(who, read_rules(session), known_changes(changes))


def register(_app: Dash, _services: Services) -> None:
    """Attach nothing: the page is made anew when something was changed."""
