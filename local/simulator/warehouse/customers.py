"""The names of the customers: more than a server lists, and some that are hard to write (API.md 7.1)."""

CUSTOMERS = 50_000

GROUPS_OF_CUSTOMERS = 400
"""Every sale was to one of these groups: each customer has ten sales, where a few thousand are too few for all."""

ODD_NAMES = {
    11: "Élodie Müller 東京 🦆",
    77: "Zoe\u0308 Mu\u0308ller",
    88: "Padded Ltd.   ",
    99: "Great\u00a0Britain plc",
    222: 'Miles "Tails" O\'Brien',
    3_333: "{% $x %}",
    4_444: r"C:\temp\new",
    5_555: f"{'Very Long ' * 19}Very Long!",
    12_345: "Smith, John",
    44_444: "Smith, John",
}
"""By their number.

Other scripts, decomposed accents, blanks at the end and one that does not break, quotes, what looks like a formula, a
backslash, 200 characters, two of one name.
"""


def customer_names() -> list[str]:
    """Every customer's name, in the order of their numbers, which begin at 1."""
    return [ODD_NAMES.get(number, f"Customer {number:05}") for number in range(1, CUSTOMERS + 1)]


def group_of(number: int) -> int:
    """The group of a customer, by their number: neighbours are in different ones."""
    return number % GROUPS_OF_CUSTOMERS
