"""What to think of at an incident, by category of the building: one table.

First what every control room does (verify, call, send, evacuate, cut power, let in), then what
costs lives or time in buildings of this kind. Ours, from the dangers of each category; the words
are in ``layouts.words.CHECK``.
"""

from typing import Final

from data.domain.words import BuildingCategory

C = BuildingCategory

#: At every incident, in this order.
ALWAYS: Final = (
    "call_site",
    "look_by_camera",
    "call_responsible",
    "send_station",
    "call_119",
    "evacuate",
    "cut_power",
    "let_in",
)

BY_CATEGORY: Final[dict[BuildingCategory, tuple[str, ...]]] = {
    C.THREE_IN_ONE: ("sleepers", "second_way_out", "gas_cylinders", "goods_on_stairs"),
    C.PUBLIC_ASSEMBLY: ("stop_music", "open_all_exits", "second_way_out"),
    C.RENTAL: ("sleepers", "count_residents", "ebikes_indoors", "window_bars"),
    C.RESIDENTIAL: ("close_doors", "ebikes_indoors", "fire_lane"),
    C.SCHOOL: ("assembly_point", "count_residents"),
    C.MEDICAL: ("bedridden", "oxygen", "backup_power"),
    C.CARE: ("bedridden", "oxygen", "count_residents"),
    C.HERITAGE: ("incense_out", "protect_relics"),
    C.BANK: ("locked_rooms", "guards"),
    C.LOGISTICS: ("dangerous_goods", "move_vehicles"),
    C.POWER: ("no_water_before_dead", "grid_operator"),
    C.WATER: ("chlorine", "keep_pressure"),
    C.INDUSTRIAL: ("stop_machines", "dangerous_goods", "gas_off"),
    C.WAREHOUSE: ("dangerous_goods", "roof_collapse"),
    C.SMALL_UNIT: ("gas_cylinders", "second_way_out"),
}


def checklist(category: BuildingCategory | None) -> tuple[str, ...]:
    """Return what to think of, the general things first; None: no building is known."""
    return ALWAYS if category is None else (*ALWAYS, *BY_CATEGORY[category])
