"""What is said to the database where a model is published or taken back, by `make publish` and by the back office.

Each with {unit} for the placeholder of whoever says it.
"""

# One at a time for each unit: two that publish at once would both think that theirs is the last.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('publish ' || {unit}))"
# So many can be taken back to; what is older keeps its line and loses its content.
FORGET_OLD_CONTENTS = (
    "UPDATE published_models SET content = NULL WHERE unit = {unit} AND content IS NOT NULL AND id NOT IN"
    " (SELECT id FROM published_models WHERE unit = {unit} ORDER BY id DESC LIMIT 5)"
)
