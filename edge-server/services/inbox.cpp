#include "edge-server/services/inbox.h"
#include "edge-server/services/retrying.h"
#include "shared/base/id.h"
#include "shared/base/text.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace {

constexpr int batch = 32;
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
    bool const is_new = m_database.write(sql::Scope::routing(), [&](sql::Writer& db) { return keep_in_inbox(db, item); });
    if (is_new) wake();
    return is_new;
}

bool Inbox::work()
{
    auto const items = m_database.read(sql::Scope::routing(), [&](sql::Reader& db) { return waiting_in_inbox(db, now(), batch); });
    if (items.empty()) return false;
    try {
        m_database.write(sql::Scope::routing(), [&](sql::Writer& db) {
            for (auto const& item : items)
                settle(db, item, process(db, item));
        });
    } catch (sql::Overloaded const&) {
        throw;
    } catch (std::exception const&) {
        for (auto const& item : items)
            process_alone(item); // one of them is the reason, and only that one shall wait
    }
    return true;
}

void Inbox::process_alone(InboxItem const& item)
{
    try {
        m_database.write(sql::Scope::routing(), [&](sql::Writer& db) { settle(db, item, process(db, item)); });
    } catch (sql::Overloaded const&) {
        throw;
    } catch (std::exception const& failure) {
        auto const cause = bounded_data(failure.what(), cause_limit);
        spdlog::error("inbox: item {} of kind {} cannot be processed: {}", item.id, item.kind, cause);
        m_database.write(sql::Scope::routing(), [&](sql::Writer& db) {
            if (item.attempts + 1 >= most_attempts)
                settle_inbox_item(db, item.id, "failed", "It could not be processed: " + cause, {});
            else
                postpone_inbox_item(db, item.id, cause, now().plus_milliseconds(back_off(item.attempts).count()));
        });
    }
}

Processed Inbox::process(sql::Writer& db, InboxItem const& item) const
{
    for (auto const& entry : m_processors)
        if (entry.source == item.source && entry.kind == item.kind) return entry.processor(db, item);
    return {Processed::Failed, "Nothing here knows events of the kind " + item.kind + ". It is kept."};
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
