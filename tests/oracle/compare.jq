# Pairs of a case and what sdme said of it in, a table of what differs and their number out. See tests/oracle/run.
def core: sub("^.*cannot be handled as a [A-Za-z]*: "; "") | sub("^yaml: (line [0-9]+: )?"; "");
def keys_of: [scan("key \"[^\"]*\" already set in map")];

# .: an error of the case.
def is_said_by($line): . as $error |
	if .stage == "validate" then $line | contains($error.field + ": " + $error.detail)
	elif (.detail | keys_of | length) > 0 then any(.detail | keys_of[]; . as $key | $line | contains($key))
	else .detail | core as $core | $line | contains($core) end;

def is_refusal: test("not supported by sdme|is not supported yet");
def field_of: capture("^m[.]yaml:[0-9:]+ (?<field>[^ ]+): ").field;
def is_near($fields): (.field // "") as $own |
	$own != "" and any($fields[]; . as $field | ($own | startswith($field)) or ($field | startswith($own)));

def differences: .[0] as $case | .[1] as $said |
	def found($cause; $text): {id: $case.id, $cause, $text};
	[$said.words | split("\n")[] | select(startswith("m.yaml:"))] as $lines |
	[$lines[] | select(is_refusal and $case.differs == null)] as $refusals |
	[$refusals[] | field_of] as $refused |
	($case.errors // []) as $errors |
	any($errors[]; .stage | IN("yaml", "kind", "decode")) as $is_cut |
	if $said.status > 1 then found("status \($said.status)"; $said.words)
	elif any($refusals[]; test("kind .* is not supported yet")) then empty
	elif ($case.accepted | not) and $said.status == 0 then found("accepted"; $errors[0].detail)
	else
		($errors[] | . as $error | select(any($lines[]; . as $line | $error | is_said_by($line)) or is_near($refused) | not) |
			found("missing"; "\(.field // ""): \(.detail)\n\($said.words)")),
		(($lines - $refusals)[] | . as $line | select($is_cut or any($errors[]; is_said_by($line)) | not) |
			found(if $case.accepted then "rejected" else "extra" end; .)),
		(($case.warnings // [])[] | . as $text | select($said.words | contains($text) | not) |
			found("warning missing"; $text))
	end;

[_nwise(2) | differences] as $all |
	($all | group_by(.cause)[] | "\(.[0].cause): \(length)",
		(.[] | "  \(.id)", (.text | rtrimstr("\n") | split("\n")[] | "      \(.)"))),
	"\($all | length)"
