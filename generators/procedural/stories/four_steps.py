"""Stories of four steps."""

import random

from generators.procedural.size import Size
from generators.procedural.stories.wording import large, people, small
from generators.procedural.worked import Worked, equation


def outing(rng: random.Random, size: Size) -> Worked:
    """Two kinds of tickets out of a purse: * * + -."""
    (who,) = people(rng, 1)
    place = rng.choice(("zoo", "museum", "theater", "fair"))
    adults, dear, children, cheap = (small(rng, size) for _ in range(4))
    dear, cheap = max(dear, cheap), min(dear, cheap)
    one, two = adults * dear, children * cheap
    left = large(rng, size)
    purse = one + two + left
    statement = (
        f"{who.name} takes {purse} dollars to the {place} and buys {adults} tickets for adults at {dear} "
        f"dollars each and {children} tickets for children at {cheap} dollars each. "
        "How many dollars are left?"
    )
    steps = (
        f"The tickets for adults cost {equation(adults, '*', dear)} dollars.",
        f"The tickets for children cost {equation(children, '*', cheap)} dollars.",
        f"Together they cost {equation(one, '+', two)} dollars.",
        f"So {equation(purse, '-', one + two)} dollars are left.",
    )
    return Worked(statement, steps, left)


def hike(rng: random.Random, size: Size) -> Worked:
    """Two parts of a walking tour and what is left of it: * * + -."""
    (who,) = people(rng, 1)
    hours, speed, later, slower = (small(rng, size) for _ in range(4))
    one, two = hours * speed, later * slower
    left = large(rng, size)
    tour = one + two + left
    statement = (
        f"{who.name} goes on a tour of {tour} miles. {who.she.capitalize()} walks {speed} miles a day "
        f"for {hours} days and then {slower} miles a day for {later} days. "
        "How many miles are left?"
    )
    steps = (
        f"In the first {hours} days {who.name} walks {equation(speed, '*', hours)} miles.",
        f"In the next {later} days {who.she} walks {equation(slower, '*', later)} miles.",
        f"That is {equation(one, '+', two)} miles so far.",
        f"So {equation(tour, '-', one + two)} miles are left.",
    )
    return Worked(statement, steps, left)


def bakery(rng: random.Random, size: Size) -> Worked:
    """Trays, more of the same, some sold, the rest put in bags: * + - /."""
    bread = rng.choice(("rolls", "muffins", "buns", "bagels", "cookies"))
    trays, each, bags, inside = (small(rng, size) for _ in range(4))
    early, packed = trays * each, bags * inside
    # What is baked later makes up for bags that the morning could not have filled.
    sold = large(rng, size)
    later = packed + sold - early
    while not 2 <= later <= size.largest:
        trays, each, bags, inside = (small(rng, size) for _ in range(4))
        early, packed, sold = trays * each, bags * inside, large(rng, size)
        later = packed + sold - early
    baked = early + later
    statement = (
        f"A bakery bakes {trays} trays of {each} {bread} in the morning and {later} more {bread} at noon. "
        f"It sells {sold} {bread} and packs the rest in bags of {inside}. How many bags are there?"
    )
    steps = (
        f"In the morning there are {equation(trays, '*', each)} {bread}.",
        f"At noon there are {equation(early, '+', later)} {bread}.",
        f"After the sale {equation(baked, '-', sold)} {bread} are left.",
        f"In bags of {inside} that makes {equation(packed, '/', inside)} bags.",
    )
    return Worked(statement, steps, bags)


def farm(rng: random.Random, size: Size) -> Worked:
    """Crates brought to market, some more bought, some unsold, sold in equal boxes: * + - *."""
    (who,) = people(rng, 1)
    crop = rng.choice(("cabbages", "pumpkins", "turnips", "leeks"))
    rows, each, price = small(rng, size), small(rng, size), rng.randint(2, min(5, size.factor))
    grown = rows * each
    bought = large(rng, size)
    # Few are sold, so that the last product stays near the size asked for.
    sold = rng.randint(2, min(size.factor, grown + bought - 2))
    unsold = grown + bought - sold
    statement = (
        f"{who.name} grows {rows} rows of {each} {crop} and buys {bought} more. At the market {who.she} "
        f"sells all but {unsold} of the {crop} at {price} dollars each. How many dollars does {who.she} get?"
    )
    steps = (
        f"{who.name} grows {equation(rows, '*', each)} {crop}.",
        f"With those bought that makes {equation(grown, '+', bought)} {crop}.",
        f"Of these {who.she} sells {equation(grown + bought, '-', unsold)} {crop}.",
        f"For them {who.she} gets {equation(sold, '*', price)} dollars.",
    )
    return Worked(statement, steps, sold * price)


STORIES = (outing, hike, bakery, farm)
