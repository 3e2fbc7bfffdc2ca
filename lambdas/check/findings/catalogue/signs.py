"""What people call what has no name of its own: signs, the end of a name, a part of the rows."""

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
# What stands where the shorter of two names has ended.
NOTHING = {"nothing": "nothing"}
# What columns may be called that are missing.
NAME_GUESSES = {
    "guesses": {"nearest": " {pairs:; }{more}."},
    "pairs": {
        "perhaps": "{wanted:quoted} is perhaps {near:quoted} there",
        "looks_alike": "a column that looks like {wanted:quoted} is there, but has {there} instead "
        "of {here}",
    },
    "here": NOTHING,
    "there": NOTHING,
    "more": {"others": "; {count:,} more {count:is|are} alike"},
}
# What stands for the train file, in any finding, where there is a single file.
ANY_PHRASES = {"train": {"rows_to_learn_from": "the rows to learn from"}}
