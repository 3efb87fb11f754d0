"""Stories of three steps."""

import random

from generators.procedural.size import Size
from generators.procedural.stories.wording import large, part, people, small
from generators.procedural.worked import Worked, equation


def library(rng: random.Random, size: Size) -> Worked:
    """Shelves, books lent, books brought back: * - +."""
    shelves, each = small(rng, size), small(rng, size)
    place, day = rng.choice(("school", "village", "small")), rng.choice(("Tuesday", "Friday", "Sunday"))
    books = shelves * each
    lent, back = part(rng, books, size), large(rng, size)
    rest = books - lent
    statement = (
        f"A {place} library has {shelves} full shelves with {each} books on each shelf. On Monday {lent} "
        f"books are borrowed, and on {day} {back} books from earlier loans are returned. "
        "How many books are in the library now?"
    )
    steps = (
        f"The {shelves} shelves hold {equation(shelves, '*', each)} books.",
        f"After Monday there are {equation(books, '-', lent)} books.",
        f"After {day} there are {equation(rest, '+', back)} books.",
    )
    return Worked(statement, steps, rest + back)


def bus(rng: random.Random, size: Size) -> Worked:
    """People getting on and off: - + -."""
    vehicle = rng.choice(("bus", "tram", "train", "ferry"))
    start = max(4, large(rng, size))
    off = part(rng, start, size)
    on = large(rng, size)
    middle = start - off + on
    last = part(rng, middle, size)
    statement = (
        f"A {vehicle} sets off with {start} passengers. At the first stop {off} passengers get off and "
        f"{on} get on. At the second stop {last} get off. How many passengers are on the {vehicle} then?"
    )
    steps = (
        f"When {off} passengers get off, {equation(start, '-', off)} are left.",
        f"When {on} get on, there are {equation(start - off, '+', on)} passengers.",
        f"After the second stop there are {equation(middle, '-', last)} passengers.",
    )
    return Worked(statement, steps, middle - last)


def shopping(rng: random.Random, size: Size) -> Worked:
    """Two purchases: * * +."""
    (who,) = people(rng, 1)
    first, second = rng.choice(
        (("books", "games"), ("shirts", "caps"), ("lamps", "vases"), ("cups", "plates"))
    )
    many, price, more, cheap = (small(rng, size) for _ in range(4))
    one, two = many * price, more * cheap
    statement = (
        f"{who.name} buys {many} {first} at {price} dollars each and {more} {second} at {cheap} dollars "
        f"each. How many dollars does {who.she} pay in total?"
    )
    steps = (
        f"The {first} cost {equation(many, '*', price)} dollars.",
        f"The {second} cost {equation(more, '*', cheap)} dollars.",
        f"Together that is {equation(one, '+', two)} dollars.",
    )
    return Worked(statement, steps, one + two)


def sharing(rng: random.Random, size: Size) -> Worked:
    """Baskets, some kept, the rest shared out: * - /."""
    (who,) = people(rng, 1)
    fruit = rng.choice(("apples", "plums", "pears", "peaches", "figs"))
    while True:
        baskets, each, friends = small(rng, size), small(rng, size), small(rng, size)
        picked = baskets * each
        shares = [n for n in range(2, size.factor + 1) if 2 <= picked - n * friends <= size.largest]
        if shares:
            break
    share = rng.choice(shares)
    given = share * friends
    kept = picked - given
    statement = (
        f"{who.name} picks {baskets} baskets of {each} {fruit}. {who.she.capitalize()} keeps {kept} {fruit} "
        f"and shares the rest equally among {friends} friends. How many {fruit} does each friend get?"
    )
    steps = (
        f"{who.name} picks {equation(baskets, '*', each)} {fruit}.",
        f"After keeping {kept}, {who.she} has {equation(picked, '-', kept)} {fruit} to share.",
        f"Each of the {friends} friends gets {equation(given, '/', friends)} {fruit}.",
    )
    return Worked(statement, steps, share)


def film(rng: random.Random, size: Size) -> Worked:
    """Hours to minutes, and two additions: * + +."""
    kind = rng.choice(("film", "concert", "play"))
    hours, minutes, pause = rng.randint(2, 4), rng.randint(2, 59), min(45, large(rng, size))
    whole = hours * 60
    statement = (
        f"A {kind} lasts {hours} hours and {minutes} minutes, and there is a break of {pause} minutes. "
        "How many minutes does it take in all?"
    )
    steps = (
        f"{hours} hours are {equation(hours, '*', 60)} minutes.",
        f"The {kind} itself lasts {equation(whole, '+', minutes)} minutes.",
        f"With the break it takes {equation(whole + minutes, '+', pause)} minutes.",
    )
    return Worked(statement, steps, whole + minutes + pause)


def comparison(rng: random.Random, size: Size) -> Worked:
    """Times as many, fewer than, together: * - +."""
    one, two, three = people(rng, 3)
    things = rng.choice(("marbles", "stamps", "shells", "points", "postcards"))
    first, times = rng.randint(3, size.factor), rng.randint(2, size.factor)
    second = first * times
    fewer = part(rng, second, size)
    third = second - fewer
    statement = (
        f"{one.name} has {first} {things}. {two.name} has {times} times as many as {one.name}, and "
        f"{three.name} has {fewer} fewer than {two.name}. How many {things} do {two.name} and "
        f"{three.name} have together?"
    )
    steps = (
        f"{two.name} has {equation(first, '*', times)} {things}.",
        f"{three.name} has {equation(second, '-', fewer)} {things}.",
        f"Together they have {equation(second, '+', third)} {things}.",
    )
    return Worked(statement, steps, second + third)


STORIES = (library, bus, shopping, sharing, film, comparison)
