-- Full text of transcripts and summaries. Each tenant's words are found under its own token, so that no search leaves it.
CREATE VIRTUAL TABLE conversation_words USING fts5 (conversation_id UNINDEXED, tenant, words, tokenize = "unicode61 remove_diacritics 2");
