#include "tools/telephony-sim/state.h"

namespace simulator {

namespace {

constexpr char const* schema = R"(
    CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

    -- Numbers that an account owns now; `sequence` is the sale's.
    CREATE TABLE IF NOT EXISTS numbers (
        sequence      INTEGER PRIMARY KEY,
        sid           TEXT NOT NULL UNIQUE,
        phone_number  TEXT NOT NULL UNIQUE,
        area_code     TEXT NOT NULL,
        friendly_name TEXT NOT NULL,
        resource      TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS numbers_area ON numbers (area_code);

    -- The money: every sale ever, never deleted.
    CREATE TABLE IF NOT EXISTS sales (
        sequence      INTEGER PRIMARY KEY AUTOINCREMENT,
        sid           TEXT NOT NULL UNIQUE,
        phone_number  TEXT NOT NULL,
        area_code     TEXT NOT NULL,
        account_sid   TEXT NOT NULL,
        friendly_name TEXT NOT NULL,
        monthly_price TEXT NOT NULL,
        sold_at       INTEGER NOT NULL,
        released_at   INTEGER
    );
    CREATE INDEX IF NOT EXISTS sales_area ON sales (area_code);

    CREATE TABLE IF NOT EXISTS inventory_limits (area_code TEXT PRIMARY KEY, offers TEXT NOT NULL) WITHOUT ROWID;

    -- Numbers that somebody else has bought.
    CREATE TABLE IF NOT EXISTS numbers_elsewhere (phone_number TEXT PRIMARY KEY, area_code TEXT NOT NULL) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS imported_numbers (
        sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
        phone_number_id TEXT NOT NULL UNIQUE,
        phone_number    TEXT NOT NULL,
        label           TEXT NOT NULL,
        agent_id        TEXT,
        account_sid     TEXT NOT NULL,
        imported_at     INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS imported_by_number ON imported_numbers (phone_number);
    CREATE TABLE IF NOT EXISTS agents (sequence INTEGER PRIMARY KEY AUTOINCREMENT, agent_id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS webhooks (sequence INTEGER PRIMARY KEY AUTOINCREMENT, webhook_id TEXT NOT NULL UNIQUE, body TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS secrets (sequence INTEGER PRIMARY KEY AUTOINCREMENT, secret_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, value TEXT NOT NULL);

    -- `seen` counts the matching calls by operation; `remaining` is NULL for a fault that strikes until it is disarmed.
    CREATE TABLE IF NOT EXISTS faults (
        id        INTEGER PRIMARY KEY AUTOINCREMENT,
        operation TEXT NOT NULL,
        fault     TEXT NOT NULL,
        seen      TEXT NOT NULL DEFAULT '{}',
        struck    INTEGER NOT NULL DEFAULT 0,
        remaining INTEGER
    );
    CREATE TABLE IF NOT EXISTS late_effects (
        id        INTEGER PRIMARY KEY AUTOINCREMENT,
        due       INTEGER NOT NULL,
        fault_id  INTEGER NOT NULL,
        operation TEXT NOT NULL,
        request   TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS late_effects_due ON late_effects (due);

    -- Telephone calls as Twilio records them. Their state follows from the times (milliseconds; NULL: not yet, or never) and `outcome`.
    CREATE TABLE IF NOT EXISTS calls (
        sequence         INTEGER PRIMARY KEY AUTOINCREMENT,
        sid              TEXT NOT NULL UNIQUE,
        direction        TEXT NOT NULL,
        caller           TEXT NOT NULL,
        called           TEXT NOT NULL,
        phone_number_sid TEXT NOT NULL,
        started_at       INTEGER NOT NULL,
        answered_at      INTEGER,
        ended_at         INTEGER,
        outcome          TEXT NOT NULL,
        duration         INTEGER NOT NULL DEFAULT 0,
        price            INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX IF NOT EXISTS calls_by_start ON calls (started_at);

    -- Conversations as ElevenLabs has them. `body` is what it says once the analysis is done.
    CREATE TABLE IF NOT EXISTS conversations (
        sequence        INTEGER PRIMARY KEY AUTOINCREMENT,
        conversation_id TEXT NOT NULL UNIQUE,
        call_sid        TEXT NOT NULL UNIQUE,
        agent_id        TEXT NOT NULL,
        user_id         TEXT NOT NULL,
        started_at      INTEGER NOT NULL,
        answered_at     INTEGER,
        ended_at        INTEGER,
        done_at         INTEGER,
        body            TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS conversations_by_start ON conversations (started_at, sequence);
    CREATE INDEX IF NOT EXISTS conversations_by_user ON conversations (user_id);

    -- Texts. The state follows from the times and `outcome`; prices are micro-dollars.
    CREATE TABLE IF NOT EXISTS messages (
        sequence   INTEGER PRIMARY KEY AUTOINCREMENT,
        sid        TEXT NOT NULL UNIQUE,
        direction  TEXT NOT NULL,
        sender     TEXT NOT NULL,
        recipient  TEXT NOT NULL,
        body       TEXT NOT NULL,
        segments   INTEGER NOT NULL,
        media      INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        sent_at    INTEGER,
        ended_at   INTEGER,
        outcome    TEXT NOT NULL,
        error_code INTEGER,
        price      INTEGER NOT NULL
    );
    CREATE INDEX IF NOT EXISTS messages_by_pair ON messages (sender, recipient, created_at);

    -- Who has written STOP to which number, and not START since.
    CREATE TABLE IF NOT EXISTS opt_outs (our_number TEXT, customer TEXT, PRIMARY KEY (our_number, customer)) WITHOUT ROWID;

    -- Webhooks on their way, and how many there have been of each kind.
    CREATE TABLE IF NOT EXISTS deliveries (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        due     INTEGER NOT NULL,
        webhook TEXT NOT NULL
    );
    CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due, id);
    CREATE TABLE IF NOT EXISTS webhook_counts (kind TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS webhook_log (sequence INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);

    CREATE TABLE IF NOT EXISTS journal (sequence INTEGER PRIMARY KEY AUTOINCREMENT, entry TEXT NOT NULL);
)";

}

State::State(std::string const& path) : m_database(path)
{
    m_database.run("PRAGMA busy_timeout = 10000");
    m_database.run("PRAGMA journal_mode = WAL");
    m_database.run("PRAGMA synchronous = FULL");
    m_database.script(schema);
}

State::Rollback::~Rollback()
{
    if (!armed) return;
    try {
        database.run("ROLLBACK");
    } catch (std::exception const&) {
        // SQLite has rolled back by itself; the first error is on its way already.
    }
}

void State::forget_everything()
{
    change([](Database& db) {
        db.script(R"(
            DELETE FROM facts WHERE name <> 'seed'; DELETE FROM numbers; DELETE FROM sales; DELETE FROM inventory_limits;
            DELETE FROM numbers_elsewhere; DELETE FROM faults; DELETE FROM late_effects;
            DELETE FROM imported_numbers; DELETE FROM agents; DELETE FROM webhooks; DELETE FROM secrets; DELETE FROM journal;
            DELETE FROM calls; DELETE FROM conversations; DELETE FROM messages; DELETE FROM opt_outs;
            DELETE FROM deliveries; DELETE FROM webhook_counts; DELETE FROM webhook_log;
            DELETE FROM sqlite_sequence;
        )");
    });
}

std::optional<std::string> remembered(Database& db, std::string const& name)
{
    auto const rows = db.run("SELECT value FROM facts WHERE name = $1", {name});
    if (rows.empty()) return std::nullopt;
    return rows.front().text(0);
}

void remember(Database& db, std::string const& name, std::string const& value)
{
    db.run("INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value", {name, value});
}

} // namespace simulator
