"""The search in the database: what a word sounds like, the triggers that keep the entries, and the look-up itself.

Functions that run as the owner of the tables, laid anew after every migration as the policies are. As the app, whose
rows are filtered by row-level security, PostgreSQL may not use an index by operators that are not leakproof, and those
of text search are not; so the look-up confines itself to `app.units` and `app.divisions` and gives out ids alone. Who
asks reads the rows under the policies, so that nothing of another's comes out even if an id did.

Only `vector` and `plpgsql` are there: no pg_trgm, unaccent or fuzzystrmatch. Accents are folded; a word is also kept by
its key, as it sounds in Mexican Spanish (Hernández, Ernandes); and a key is found with a letter too many, too few,
wrong or in another's place by the letters left out of both (the symmetric deletes of SymSpell).
"""

from __future__ import annotations

from collections.abc import Iterator

from huntred.db.policies import APP

_PURE = {
    "app_fold(told text)": r"""
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT lower(regexp_replace(normalize(coalesce(told, ''), NFKD), '[\u0300-\u036f]', '', 'g')) $$""",
    # What sounds the same in Mexico is written the same: b/v, c/s/z, g/j/x, ll/y/i, k/qu, a silent h, doubled letters.
    "app_search_key(word text)": r"""
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT regexp_replace(translate(
    regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
      replace(replace(word, 'ph', 'f'), 'ch', '1'),
      'qu(?=[ei])|q|c(?![ei])', 'k', 'g'), 'c(?=[ei])|z', 's', 'g'),
      '^x|g(?=[ei])', 'j', 'g'), 'gu(?=[ei])', 'g', 'g'), 'll|y', 'i', 'g'), 'h', '', 'g'),
    'vwx', 'bus'), '(.)\1+', '\1', 'g') $$""",
    # The key, and it without each letter; of a long one without each two.
    "app_search_near(key text)": """
RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  WITH once AS (
    SELECT DISTINCT left(key, at - 1) || substr(key, at + 1) AS word FROM generate_series(1, length(key)) at
    WHERE length(key) > 3
  ) SELECT array_agg(word) FROM (
    SELECT key AS word UNION SELECT word FROM once
    UNION SELECT left(word, at - 1) || substr(word, at + 1) FROM once, generate_series(1, length(word)) at
      WHERE length(key) BETWEEN 8 AND 16
  ) every $$""",
    # `huntred/search/rules.py` reads what is typed in the same way.
    "app_search_words(folded text)": r"""
RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT DISTINCT part FROM regexp_split_to_table(folded, '\s+') told,
    LATERAL (SELECT told AS part WHERE told ~ '@' UNION ALL
      SELECT right(regexp_replace(told, '\D', '', 'g'), 10) WHERE told ~ '^\+?\d{10,}$' UNION ALL
      SELECT piece FROM regexp_split_to_table(told, '[^a-z0-9+#]+') piece
        WHERE told !~ '@' AND told !~ '^\+?\d{10,}$') parts
  WHERE part ~ '[a-z0-9]' AND left(part, 1) <> '#' AND length(part) <= 100 $$""",
}

_PURE["app_search_vector(what text, of_unit text, folded text, of_divisions uuid[])"] = """
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT array_to_tsvector(array_agg(left(what, 1) || '/' || of_unit || '/' || lexeme)) FROM (
    SELECT word AS lexeme FROM app_search_words(folded) word
    UNION SELECT '~' || app_search_key(word) FROM app_search_words(folded) word WHERE word ~ '^[a-z]{2,24}$'
    UNION SELECT '#' || division FROM unnest(of_divisions) division WHERE division IS NOT NULL
    UNION SELECT '') every $$"""
_PURE["app_search_keys(words tsvector)"] = """
RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT split_part(lexeme, '/~', 2) FROM unnest(tsvector_to_array(words)) lexeme WHERE lexeme ~ '/~' $$"""
# Quoted as tsquery wants it.
_PURE["app_lexeme(word text)"] = r"""
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT '''' || replace(replace(word, '\', '\\'), '''', '''''') || '''' $$"""

_KEEPING = {
    "app_search_put(thing uuid, what text, of_unit text, folded text, of_divisions uuid[])": """
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public SET enable_seqscan = off AS $$
DECLARE
  made tsvector := app_search_vector(what, of_unit, folded, of_divisions);
BEGIN
  INSERT INTO search_entries AS e (object_id, kind, unit, words) VALUES (thing, what, of_unit, made)
    ON CONFLICT (object_id) DO UPDATE SET words = excluded.words WHERE e.words <> excluded.words;
  -- In order, so that two who add the same words wait for each other and do not block each other.
  INSERT INTO search_keys (unit, key, near)
    SELECT of_unit, new.key, app_search_near(new.key) FROM app_search_keys(made) AS new(key)
    WHERE NOT EXISTS (SELECT 1 FROM search_keys k WHERE k.unit = of_unit AND k.key = new.key)
    ORDER BY new.key ON CONFLICT DO NOTHING;
END $$""",
    "app_search_put_conversations(of_person uuid, in_unit text, one uuid)": """
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM app_search_put(v.id, 'talk', v.unit,
    app_fold(concat_ws(' ', c.user_name, c.phone, p.first_name, p.last_name, p.second_last_name)),
    ARRAY(SELECT a.division_id FROM applications a WHERE a.person_id = v.person_id AND a.unit = v.unit))
  FROM conversations v JOIN chats c ON c.id = v.chat_id
  LEFT JOIN unit_profiles p ON p.person_id = v.person_id AND p.unit = v.unit
  WHERE v.id = one OR (v.person_id = of_person AND v.unit = in_unit);
END $$""",
    "app_search_profile()": """
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM app_search_put(new.id, 'person', new.unit, new.search_text,
    CASE WHEN tg_op = 'UPDATE' THEN ARRAY(SELECT a.division_id FROM applications a WHERE a.profile_id = new.id) END);
  PERFORM app_search_put_conversations(new.person_id, new.unit, NULL);
  RETURN new;
END $$""",
    "app_search_application()": """
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM app_search_put(p.id, 'person', p.unit, p.search_text,
    ARRAY(SELECT a.division_id FROM applications a WHERE a.profile_id = p.id))
  FROM unit_profiles p WHERE p.id = new.profile_id;
  PERFORM app_search_put_conversations(new.person_id, new.unit, NULL);
  RETURN new;
END $$""",
    "app_search_named()": """
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  IF tg_table_name = 'vacancies' THEN
    PERFORM app_search_put(new.id, 'vacancy', new.unit, new.search_text, ARRAY[new.division_id]);
  ELSE
    PERFORM app_search_put(new.id, 'company', new.unit, new.search_text, NULL);
  END IF;
  RETURN new;
END $$""",
    "app_search_conversation()": """
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM app_search_put_conversations(NULL, NULL, new.id);
  RETURN new;
END $$""",
    "app_search_gone()": """
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  DELETE FROM search_entries WHERE object_id = old.id;
  RETURN old;
END $$""",
    "app_search_chat()": """
RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
  PERFORM app_search_put_conversations(NULL, NULL, v.id) FROM conversations v WHERE v.chat_id = new.id;
  RETURN new;
END $$""",
}

_TRIGGERS = (
    "profile AFTER INSERT OR UPDATE OF search_text ON unit_profiles FOR EACH ROW EXECUTE FUNCTION app_search_profile()",
    "application AFTER INSERT OR UPDATE OF division_id, profile_id ON applications FOR EACH ROW"
    " WHEN (new.division_id IS NOT NULL) EXECUTE FUNCTION app_search_application()",
    "vacancy AFTER INSERT OR UPDATE OF search_text, division_id ON vacancies FOR EACH ROW"
    " EXECUTE FUNCTION app_search_named()",
    "company AFTER INSERT OR UPDATE OF search_text ON companies FOR EACH ROW EXECUTE FUNCTION app_search_named()",
    "conversation AFTER INSERT OR UPDATE OF person_id ON conversations FOR EACH ROW"
    " EXECUTE FUNCTION app_search_conversation()",
    "chat AFTER UPDATE OF user_name, phone ON chats FOR EACH ROW"
    " WHEN (old.user_name IS DISTINCT FROM new.user_name OR old.phone IS DISTINCT FROM new.phone)"
    " EXECUTE FUNCTION app_search_chat()",
    *(
        f"gone AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION app_search_gone()"
        for table in ("unit_profiles", "vacancies", "companies", "conversations")
    ),
)

# What the look-ups have in common; nobody calls it by itself.
_ASKING = {
    # What the words of a kind must be, in the scope. near: of each word the keys like it, or none.
    "app_search_query(what text, typed text[], pass integer, near text[])": """
RETURNS text LANGUAGE plpgsql STABLE SET search_path = public AS $$
DECLARE
  word text; place text; wanted text; choices text[]; at integer;
BEGIN
  FOR at IN 1 .. cardinality(typed) LOOP
    word := typed[at];
    choices := '{}';
    FOREACH place IN ARRAY app_units() LOOP
      place := left(what, 1) || '/' || place || '/';
      choices := choices
        || (app_lexeme(place || word) || CASE WHEN pass > 1 AND length(word) > 2 THEN ':*' ELSE '' END);
      IF pass > 2 AND word ~ '^[a-z]{3,24}$' THEN
        choices := choices || (app_lexeme(place || '~' || app_search_key(word)) || ':*');
      END IF;
    END LOOP;
    IF pass > 3 AND near[at] <> '' THEN
      choices := choices || ARRAY(
        SELECT app_lexeme(left(what, 1) || '/' || name) FROM unnest(string_to_array(near[at], ' ')) name);
    END IF;
    wanted := concat_ws(' & ', wanted, '(' || array_to_string(choices, ' | ') || ')');
  END LOOP;
  IF app_divisions() IS NOT NULL AND what <> 'company' THEN
    wanted := wanted || ' & (' || (
      SELECT string_agg(app_lexeme(left(what, 1) || '/' || unit || '/#' || division), ' | ')
      FROM unnest(app_units()) unit, unnest(app_divisions()) division) || ')';
  END IF;
  RETURN wanted;
END $$""",
}

_ASKED = {
    # pass: 1 whole words, 2 their beginnings (of three letters at least: two begin half of all names), 3 as they sound,
    # 4 with a wrong letter (two in a long word).
    "app_search(kinds text[], typed text[], pass integer, most integer)": """
RETURNS TABLE (kind text, object_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET enable_seqscan = off AS $$
DECLARE
  what text; word text; sounds text; near text[];
BEGIN
  -- What is near a word is the same for every kind.
  FOREACH word IN ARRAY CASE WHEN pass > 3 THEN typed ELSE '{}' END LOOP
    sounds := CASE WHEN word ~ '^[a-z]{3,24}$' THEN app_search_key(word) ELSE '' END;
    near := near || coalesce((SELECT string_agg(found.name, ' ') FROM (
      SELECT k.unit || '/~' || k.key AS name FROM search_keys k
      WHERE length(sounds) > 3 AND k.near && app_search_near(sounds) AND k.unit = ANY (app_units())
      ORDER BY abs(length(k.key) - length(sounds)), k.key LIMIT 40) found), '');
  END LOOP;
  FOREACH what IN ARRAY kinds LOOP
    RETURN QUERY EXECUTE 'SELECT e.kind, e.object_id FROM search_entries e WHERE e.words @@ $1::tsquery LIMIT $2'
      USING app_search_query(what, typed, pass, near), most;
  END LOOP;
END $$""",
    # How many PostgreSQL expects the look-up to find, by the statistics that ANALYZE took of the entries' words: close
    # for a word that many have, and hardly any time. Of several words it takes each to know nothing of the others.
    "app_search_expected(kinds text[], typed text[], pass integer)": """
RETURNS TABLE (kind text, expected bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
  plan json;
BEGIN
  FOREACH kind IN ARRAY kinds LOOP
    EXECUTE 'EXPLAIN (FORMAT JSON) SELECT 1 FROM search_entries e WHERE e.words @@ '
      || quote_literal(app_search_query(kind, typed, pass, NULL)) || '::tsquery' INTO plan;
    expected := (plan -> 0 -> 'Plan' ->> 'Plan Rows')::numeric::bigint;
    RETURN NEXT;
  END LOOP;
END $$""",
    # Words that nothing has any more (somebody was erased) are forgotten, some at a time.
    "app_search_forget(most integer)": """
RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public SET enable_seqscan = off AS $$
  WITH oldest AS (
    SELECT unit, key FROM search_keys ORDER BY checked_at LIMIT most FOR UPDATE SKIP LOCKED
  ), used AS (
    UPDATE search_keys k SET checked_at = clock_timestamp() FROM oldest s WHERE k.unit = s.unit AND k.key = s.key
      AND EXISTS (SELECT 1 FROM search_entries e WHERE e.words @@ (
        SELECT string_agg(app_lexeme(kind || '/' || s.unit || '/~' || s.key), ' | ')
        FROM unnest(ARRAY['p', 'c', 'v', 't']) kind)::tsquery)
    RETURNING k.unit, k.key
  ), gone AS (
    DELETE FROM search_keys k USING oldest s WHERE k.unit = s.unit AND k.key = s.key
      AND NOT EXISTS (SELECT 1 FROM used u WHERE u.unit = s.unit AND u.key = s.key) RETURNING 1
  ) SELECT count(*) FROM gone $$""",
}


def statements() -> Iterator[str]:
    """Yield the SQL that lays functions and triggers; the app may call what is asked, nobody the rest."""
    for signature, body in (_PURE | _KEEPING | _ASKING | _ASKED).items():
        yield f"CREATE OR REPLACE FUNCTION {signature} {body}"
    for signature in _KEEPING | _ASKING | _ASKED:
        name, _, arguments = signature.rstrip(")").partition("(")
        types = ", ".join(argument.split()[-1] for argument in arguments.split(",") if argument)
        yield f"REVOKE ALL ON FUNCTION {name}({types}) FROM PUBLIC"
        if signature in _ASKED:
            yield f"GRANT EXECUTE ON FUNCTION {name}({types}) TO {APP}"
    for trigger in _TRIGGERS:
        yield f"CREATE OR REPLACE TRIGGER search_{trigger}"


def entries_of_what_is_there() -> Iterator[str]:
    """Yield the SQL that puts in what stood before the triggers did; the migration's, once."""
    into = "INSERT INTO search_entries (object_id, kind, unit, words) SELECT"
    of_profile = "ARRAY(SELECT a.division_id FROM applications a WHERE a.profile_id = p.id)"
    of_person = "ARRAY(SELECT a.division_id FROM applications a WHERE a.person_id = v.person_id AND a.unit = v.unit)"
    names = "app_fold(concat_ws(' ', c.user_name, c.phone, p.first_name, p.last_name, p.second_last_name))"
    yield (
        f"{into} p.id, 'person', p.unit, app_search_vector('person', p.unit, p.search_text, {of_profile})"
        " FROM unit_profiles p"
    )
    yield (
        f"{into} id, 'vacancy', unit, app_search_vector('vacancy', unit, search_text, ARRAY[division_id])"
        " FROM vacancies"
    )
    yield f"{into} id, 'company', unit, app_search_vector('company', unit, search_text, NULL) FROM companies"
    yield (
        f"{into} v.id, 'talk', v.unit, app_search_vector('talk', v.unit, {names}, {of_person})"
        " FROM conversations v JOIN chats c ON c.id = v.chat_id"
        " LEFT JOIN unit_profiles p ON p.person_id = v.person_id AND p.unit = v.unit"
    )
    yield (
        "INSERT INTO search_keys (unit, key, near) SELECT unit, key, app_search_near(key) FROM ("
        "SELECT DISTINCT unit, key FROM search_entries, app_search_keys(words) key) every"
    )
