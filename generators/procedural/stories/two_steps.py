"""Stories of two steps."""

import random

from generators.procedural.size import Size
from generators.procedural.stories.wording import large, part, people, small
from generators.procedural.worked import Worked, equation


def boxes(rng: random.Random, size: Size) -> Worked:
    """Groups and some more: * +."""
    (who,) = people(rng, 1)
    things = rng.choice(("pens", "marbles", "stamps", "buttons", "beads", "coins"))
    box, place = rng.choice((("boxes", "desk"), ("bags", "table"), ("jars", "shelf"), ("tins", "bed")))
    groups, each, more = small(rng, size), small(rng, size), large(rng, size)
    inside = groups * each
    statement = (
        f"{who.name} has {groups} {box} with {each} {things} in each and {more} more {things} "
        f"on {who.her} {place}. How many {things} does {who.she} have in all?"
    )
    steps = (
        f"{groups} {box} of {each} {things} hold {equation(groups, '*', each)} {things}.",
        f"With the {more} {things} on the {place} that makes {equation(inside, '+', more)} {things}.",
    )
    return Worked(statement, steps, inside + more)


def giving(rng: random.Random, size: Size) -> Worked:
    """Some given away, some found: - +."""
    who, friend = people(rng, 2)
    things = rng.choice(("stickers", "cards", "shells", "comics", "badges"))
    had = max(4, large(rng, size))
    gave, found = part(rng, had, size), large(rng, size)
    rest = had - gave
    statement = (
        f"{who.name} had {had} {things}. {who.she.capitalize()} gave {gave} of them to {friend.name} "
        f"and later got {found} new ones. How many {things} does {who.name} have now?"
    )
    steps = (
        f"After giving {gave} {things} away, {who.name} had {equation(had, '-', gave)} {things}.",
        f"With {found} new ones, {who.she} has {equation(rest, '+', found)} {things}.",
    )
    return Worked(statement, steps, rest + found)


def change(rng: random.Random, size: Size) -> Worked:
    """Things at a price, paid with more than enough: * -."""
    (who,) = people(rng, 1)
    things = rng.choice(("notebooks", "sandwiches", "tickets", "plants", "candles"))
    count, price = small(rng, size), small(rng, size)
    cost = count * price
    left = large(rng, size)
    statement = (
        f"{who.name} has {cost + left} dollars and buys {count} {things} at {price} dollars each. "
        f"How many dollars does {who.she} have left?"
    )
    steps = (
        f"{count} {things} cost {equation(count, '*', price)} dollars.",
        f"So {who.name} has {equation(cost + left, '-', cost)} dollars left.",
    )
    return Worked(statement, steps, left)


STORIES = (boxes, giving, change)
