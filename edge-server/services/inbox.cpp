#include "edge-server/services/inbox.h"
#include "edge-server/services/retrying.h"
#include "shared/base/id.h"
#include "shared/base/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace {

constexpr int batch = 16;
constexpr std::size_t part_bytes = 32 * 1024; // of a body, in one write
constexpr std::size_t batch_bytes = 64 * 1024; // of bodies, in one write: calls wait behind it
constexpr int most_attempts = 6;
constexpr std::size_t cause_limit = 300;

char const* name_of(Processed::State state)
{
    switch (state) {
    case Processed::Done:
        return "done";
    case Processed::Failed:
        return "failed";
    case Processed::Unrouted:
        return "unrouted";
    }
    return "failed";
}

void settle(sql::Writer& db, InboxItem const& item, Processed const& processed)
{
    settle_inbox_item(db, item.id, name_of(processed.state), processed.cause, processed.organization_id);
}

} // namespace

void Inbox::add(std::string source, std::string kind, Processor processor)
{
    m_processors.push_back({std::move(source), std::move(kind), std::move(processor)});
}

bool Inbox::keep(InboxItem item)
{
    item.id = new_id();
    bool const is_long = item.body.size() > part_bytes;
    if (is_long) {
        auto const is_known = [&](sql::Reader& db) { return is_in_inbox(db, item.dedupe_key); };
        if (m_database.read(sql::Scope::routing(), is_known)) return false;
        keep_parts(item.id, item.body);
        item.body.clear();
    }
    bool const is_new = m_database.write(sql::Scope::routing(), [&](sql::Writer& db) {
        bool const kept = keep_in_inbox(db, item);
        if (is_long && !kept) drop_inbox_parts(db, item.id);
        return kept;
    });
    if (is_new) wake();
    return is_new;
}

void Inbox::keep_parts(std::string const& item_id, std::string_view body)
{
    for (int part = 0; !body.empty(); ++part) {
        auto size = std::min(part_bytes, body.size());
        while (size < body.size() && (static_cast<unsigned char>(body[size]) & 0xC0) == 0x80) // not within a character
            --size;
        m_database.write(sql::Scope::routing(), [&](sql::Writer& db) { keep_inbox_part(db, item_id, part, body.substr(0, size)); });
        body.remove_prefix(size);
    }
}

bool Inbox::work()
{
    auto const items
        = m_database.read(sql::Scope::routing(), [&](sql::Reader& db) { return waiting_in_inbox(db, now(), batch, batch_bytes); });
    if (items.empty()) return false;
    try {
        process(items);
    } catch (sql::Overloaded const&) {
        throw;
    } catch (std::exception const&) {
        for (auto const& item : items)
            process_alone(item); // one of them is the reason, and only that one shall wait
    }
    return true;
}

// All of them in one write, up to one that is too long for it.
void Inbox::process(std::vector<InboxItem> const& items)
{
    std::vector<Write> writes;
    for (auto const& item : items)
        writes.push_back(prepare(item));
    struct Begun {
        std::size_t place;
        Processed processed;
    };
    auto const begun = m_database.write(sql::Scope::routing(), [&](sql::Writer& db) -> std::optional<Begun> {
        for (std::size_t i = 0; i < items.size(); ++i) {
            auto processed = writes[i](db);
            if (!processed.then.empty()) return Begun{i, std::move(processed)};
            settle(db, items[i], processed);
        }
        return {};
    });
    if (!begun) return;
    auto const& item = items[begun->place];
    try {
        for (auto const& write : begun->processed.then)
            m_database.write(sql::Scope::routing(), write);
        m_database.write(sql::Scope::routing(), [&](sql::Writer& db) { settle(db, item, begun->processed); });
    } catch (sql::Overloaded const&) {
        throw;
    } catch (std::exception const& failure) {
        put_off(item, failure.what());
    }
}

void Inbox::process_alone(InboxItem const& item)
{
    try {
        process({item});
    } catch (sql::Overloaded const&) {
        throw;
    } catch (std::exception const& failure) {
        put_off(item, failure.what());
    }
}

void Inbox::put_off(InboxItem const& item, std::string const& why)
{
    auto const cause = bounded_data(why, cause_limit);
    spdlog::error("inbox: item {} of kind {} cannot be processed: {}", item.id, item.kind, cause);
    m_database.write(sql::Scope::routing(), [&](sql::Writer& db) {
        if (item.attempts + 1 >= most_attempts)
            settle_inbox_item(db, item.id, "failed", "It could not be processed: " + cause, {});
        else
            postpone_inbox_item(db, item.id, cause, now().plus_milliseconds(back_off(item.attempts).count()));
    });
}

Inbox::Write Inbox::prepare(InboxItem const& item) const
{
    for (auto const& entry : m_processors)
        if (entry.source == item.source && entry.kind == item.kind) return entry.processor(item);
    return [kind = item.kind](sql::Writer&) {
        return Processed{Processed::Failed, "Nothing here knows events of the kind " + kind + ". It is kept."};
    };
}

void Inbox::wait_for_work(std::uint64_t& calls_seen, std::chrono::milliseconds longest)
{
    auto const next = m_database.read(sql::Scope::routing(), [](sql::Reader& db) { return next_inbox_work(db); });
    auto sleep = longest;
    if (next) sleep = std::clamp(std::chrono::milliseconds(next->milliseconds - now().milliseconds), std::chrono::milliseconds(0), longest);
    std::unique_lock lock(m_mutex);
    m_called.wait_for(lock, sleep, [&] { return m_calls != calls_seen; });
    calls_seen = m_calls;
}

void Inbox::wake()
{
    std::lock_guard const lock(m_mutex);
    ++m_calls;
    m_called.notify_all();
}
