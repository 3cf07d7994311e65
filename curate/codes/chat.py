"""SRC, what is said about chats."""

from curate.codes.base import Code

CHAT = (
    Code(
        "SRC070",
        "me-not-named",
        "error",
        """\
Nobody was named whose messages are learnt, so no message of the chat has a role.

Why: the answers that a model learns are one person's; a guess would teach it the words of another.
Example: a WhatsApp chat of three people, read without `--me`
Fix: give `--me` the name, the number or the handle that the chat shows for you; `--dry-run` lists
the people whom the chat names.
Source: xming521/WeClone#188; lucasrodes/whatstk (the sender is the name that the phone shows).""",
    ),
    Code(
        "SRC071",
        "me-not-found",
        "warning",
        """\
None of the people of the export has a name, a number or a handle that was given with `--me`.

Why: a wrong or misspelt name leaves no rows at all.
Example: `--me Dana` where the chat shows `Dana K.`
Fix: give `--me` the whole name as the chat shows it; `--dry-run` lists the people whom it names.
Source: WhatsApp Help Center, "How to export your chat history" (names are the phone's own).""",
    ),
    Code(
        "SRC072",
        "never-answered",
        "info",
        """\
The conversation has no message of mine that answers another person.

Why: there is no answer to learn from it: I said nothing, or spoke first and was answered last.
Example: three messages of a friend and none of mine until the next day
Fix: none is needed; a larger `gap_minutes` joins conversations that a silence parts.
Source: the rules TRN005 and TRN006.""",
    ),
    Code(
        "SRC073",
        "outside-the-exchange",
        "info",
        """\
Messages at the beginning or the end of a conversation are in no row.

They are mine that nobody's message comes before, and others' that I did not answer.
Why: an answer without a question before it teaches nothing that can be asked for, and a row that
ends on the user's turn is dropped or refused by trainers.
Example: I write "Are you there?", a friend writes "Yes. Coming?", I write "On my way", and the
friend's "Great" is never answered: the row has the two messages in the middle
Fix: none is needed; the record's bytes hold all of its messages.
Source: the rules TRN006 and TRN008.""",
    ),
    Code(
        "SRC074",
        "no-words",
        "info",
        """\
A message holds no words of a person.

It is a notice of the application, a picture, a voice message, a sticker, a call, or was deleted.
Why: what is not in the text cannot be learnt, and the application's own words are nobody's.
Example: `<Media omitted>`, or `Dana changed the subject`
Fix: none is needed.
Source: WhatsApp Help Center, "How to export your chat history"; Slack, "Message subtypes".""",
    ),
    Code(
        "SRC075",
        "date-order-unknown",
        "warning",
        """\
The dates of the chat can be read in more than one way, and nothing in the file says which is meant.

Why: `03/04/25` is a day in March or in April; a wrong guess moves conversations by months.
The messages are read in the order of the file. Silences are measured within a day, and a new day
begins a new conversation.
Example: a chat of one week whose days and months are all 12 or below
Fix: export the chat with a longer history, or join the files of one chat.
Source: lucasrodes/whatstk `header_format_support.json` (d/m, m/d and y/m/d in use).""",
    ),
    Code(
        "SRC076",
        "not-own-words",
        "info",
        """\
A message or post shows the words of somebody else: a retweet, a like, a message that was passed on.

Why: it would be learnt as what the person wrote.
Example: a post that begins with `RT @`
Fix: none is needed.
Source: timhutton/twitter-archive-parser#39 (retweets are cut and marked by `RT @` alone).""",
    ),
    Code(
        "SRC077",
        "damaged-chat",
        "error",
        """\
A file or a message of the export is not what the application writes, and cannot be read.

Why: a message that is guessed from damaged data is nobody's; the rest of the export is read.
Example: a day file of Slack that ends in the middle of a message
Fix: export the chat again.
Source: RFC 8259; the applications' own exports.""",
    ),
    Code(
        "SRC078",
        "hidden-message",
        "info",
        """\
A message of an assistant's export was never shown to its user, or shows nothing.

Why: it belongs to how the service works, not to what was said: a system text, a memory, a stub.
Example: a ChatGPT message of weight 0, or one whose only part is ""
Fix: none is needed.
Source: ChatGPT data export, `weight`, `is_visually_hidden_from_conversation`, role `system`.""",
    ),
    Code(
        "SRC079",
        "not-an-answer",
        "info",
        """\
A message, or a block of one, is what an assistant did beside answering.

Why: calls of tools, their results and thoughts that no answer follows are not the answer. Thoughts
that an answer follows are kept as its `reasoning`.
Example: a search, the output of a program, "Thought for 12 seconds"
Fix: none is needed.
Source: ChatGPT data export, role `tool`, `recipient`, `channel`, `content_type`; Claude data
export, blocks `tool_use` and `tool_result`.""",
    ),
    Code(
        "SRC080",
        "nothing-to-learn-from",
        "info",
        """\
A conversation with an assistant has no answer, or, read as pairs, none that was written twice.

Why: a row is a question with its answer; a pair is two answers to one question.
Example: a conversation that was opened and left
Fix: none is needed; the record is set aside.
Source: the rules TRN005 and TRN006.""",
    ),
    Code(
        "SRC081",
        "not-in-words",
        "warning",
        """\
A message of an assistant's export holds something that is no text, which is left out.

It is a picture, a file, a recording, a document beside the conversation, or something unknown.
Why: what is not in the row cannot be learnt, and an answer that speaks of it teaches to make it up.
Words beside it are kept. Where a question has no words at all, its answer is left out with it.
Example: "What is in this photo?" with a photo
Fix: leave these conversations out where the answers depend on what is missing.
Source: ChatGPT data export, `multimodal_text`, `attachments`, `canmore.*`; Claude data export,
`attachments`, `files`, artifacts.""",
    ),
    Code(
        "SRC082",
        "citation-marks-removed",
        "info",
        """\
Marks that an application turns into links to its sources were taken out of a text.

Why: outside of the application they are signs without meaning, and a model would learn to write
them. The words that a mark shows are kept.
Example: `【12†source】`, or `turn0search3` between the private signs U+E200 and U+E201
Fix: none is needed.
Source: ChatGPT data export, `content_references`.""",
    ),
    Code(
        "SRC083",
        "last-path-unknown",
        "warning",
        """\
A conversation does not say which of its branches was seen last, or does not lead to its beginning.

Why: the branch with the newest message is read, which may be one that was given up.
Example: a `current_node` that names no message
Fix: read every branch with `--from chatgpt-paths` or `claude-paths`, or export again.
Source: ChatGPT data export, `current_node`, `parent`.""",
    ),
    Code(
        "SRC084",
        "bytes-as-letters",
        "info",
        """\
The texts of a file are UTF-8 whose bytes were written as letters; they were read as what they are.

Why: Instagram and Facebook write `é` as `\\u00c3\\u00a9`, which reads as `Ã©`.
Example: `"content": "caf\\u00c3\\u00a9"`
Fix: none is needed. A text that is not UTF-8 in this way stays as it is.
Source: Instagram and Facebook "Download your information", messages as JSON.""",
    ),
)
