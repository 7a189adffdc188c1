#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/event_store.h"
#include "edge-server/store/organization_store.h"

namespace {

PhoneNumber to_number(sql::Row const& row)
{
    return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.flag(5), row.text(6), row.text(7), row.text(8),
        row.text(9), row.text(10), row.text(11), row.text(12), row.time(13), row.time(14)};
}

std::vector<ListedNumber> to_listed(sql::Rows const& rows)
{
    std::vector<ListedNumber> list;
    list.reserve(rows.size());
    for (auto const& row : rows)
        list.push_back({to_number(row), row.text(15), row.time(16)});
    return list;
}

std::optional<PhoneNumber> first_of(sql::Rows const& rows)
{
    return rows.empty() ? std::nullopt : std::optional(to_number(rows.front()));
}

void append_change(sql::Writer& db, sql::Rows const& organizations, std::string const& id)
{
    if (!organizations.empty()) append_event(db, organizations.front().text(0), "phone_number", id);
}

std::vector<ListedNumber> list_newest(sql::Reader& db, ListPage const& page)
{
    return to_listed(db.run(R"(
        SELECT n.id, n.organization_id, n.phone_number, n.state, n.state_reason, n.is_active, n.sms_status, n.sms_reason, n.twilio_sid,
               n.twilio_account_sid, n.elevenlabs_phone_id, n.agent_id, n.place, n.created_at, n.activated_at, o.name, n.released_at
        FROM phone_numbers n JOIN organizations o ON o.id = n.organization_id
        WHERE n.id < $1
          AND ($2 = '' OR n.organization_id IN (SELECT id FROM organizations WHERE replace(lower(name), $2, '') <> lower(name))
               OR ($3 <> '' AND replace(n.phone_number, $3, '') <> n.phone_number))
        ORDER BY n.id DESC LIMIT $4)",
        {page.after_id, page.search, page.digits, page.limit}));
}

std::vector<ListedNumber> list_newest_in_state(sql::Reader& db, ListPage const& page)
{
    return to_listed(db.run(R"(
        SELECT n.id, n.organization_id, n.phone_number, n.state, n.state_reason, n.is_active, n.sms_status, n.sms_reason, n.twilio_sid,
               n.twilio_account_sid, n.elevenlabs_phone_id, n.agent_id, n.place, n.created_at, n.activated_at, o.name, n.released_at
        FROM phone_numbers n JOIN organizations o ON o.id = n.organization_id
        WHERE n.state = $1 AND n.id < $2
          AND ($3 = '' OR n.organization_id IN (SELECT id FROM organizations WHERE replace(lower(name), $3, '') <> lower(name))
               OR ($4 <> '' AND replace(n.phone_number, $4, '') <> n.phone_number))
        ORDER BY n.id DESC LIMIT $5)",
        {page.filter, page.after_id, page.search, page.digits, page.limit}));
}

std::vector<ListedNumber> list_by_number(sql::Reader& db, ListPage const& page)
{
    return to_listed(db.run(R"(
        SELECT n.id, n.organization_id, n.phone_number, n.state, n.state_reason, n.is_active, n.sms_status, n.sms_reason, n.twilio_sid,
               n.twilio_account_sid, n.elevenlabs_phone_id, n.agent_id, n.place, n.created_at, n.activated_at, o.name, n.released_at
        FROM phone_numbers n JOIN organizations o ON o.id = n.organization_id
        WHERE n.phone_number >= $1 AND (n.phone_number > $1 OR n.id < $2)
          AND ($3 = '' OR n.organization_id IN (SELECT id FROM organizations WHERE replace(lower(name), $3, '') <> lower(name))
               OR ($4 <> '' AND replace(n.phone_number, $4, '') <> n.phone_number))
        ORDER BY n.phone_number, n.id DESC LIMIT $5)",
        {page.after_key, page.after_id, page.search, page.digits, page.limit}));
}

std::vector<ListedNumber> list_by_number_in_state(sql::Reader& db, ListPage const& page)
{
    return to_listed(db.run(R"(
        SELECT n.id, n.organization_id, n.phone_number, n.state, n.state_reason, n.is_active, n.sms_status, n.sms_reason, n.twilio_sid,
               n.twilio_account_sid, n.elevenlabs_phone_id, n.agent_id, n.place, n.created_at, n.activated_at, o.name, n.released_at
        FROM phone_numbers n JOIN organizations o ON o.id = n.organization_id
        WHERE n.state = $1 AND n.phone_number >= $2 AND (n.phone_number > $2 OR n.id < $3)
          AND ($4 = '' OR n.organization_id IN (SELECT id FROM organizations WHERE replace(lower(name), $4, '') <> lower(name))
               OR ($5 <> '' AND replace(n.phone_number, $5, '') <> n.phone_number))
        ORDER BY n.phone_number, n.id DESC LIMIT $6)",
        {page.filter, page.after_key, page.after_id, page.search, page.digits, page.limit}));
}

// Few, whatever the installation's size, so that any order is sorted when it is asked for.
std::vector<ListedNumber> list_of_member(sql::Reader& db, ListPage const& page)
{
    return to_listed(db.run(R"(
        SELECT n.id, n.organization_id, n.phone_number, n.state, n.state_reason, n.is_active, n.sms_status, n.sms_reason, n.twilio_sid,
               n.twilio_account_sid, n.elevenlabs_phone_id, n.agent_id, n.place, n.created_at, n.activated_at, o.name, n.released_at
        FROM phone_numbers n JOIN organizations o ON o.id = n.organization_id
        WHERE n.organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $1)
          AND ($2 = '' OR n.organization_id IN (SELECT id FROM organizations WHERE replace(lower(name), $2, '') <> lower(name))
               OR ($3 <> '' AND replace(n.phone_number, $3, '') <> n.phone_number))
          AND ($4 = '' OR n.state = $4)
          AND (CASE WHEN $5 = 'number' THEN n.phone_number ELSE '' END > $6
               OR (CASE WHEN $5 = 'number' THEN n.phone_number ELSE '' END = $6 AND n.id < $7))
        ORDER BY CASE WHEN $5 = 'number' THEN n.phone_number ELSE '' END, n.id DESC LIMIT $8)",
        {page.member_user_id, page.search, page.digits, page.filter, page.sort, page.after_key, page.after_id, page.limit}));
}

} // namespace

void insert_phone_number(sql::Writer& db, PhoneNumber const& number)
{
    db.run(R"(
        INSERT INTO phone_numbers (id, organization_id, phone_number, state, state_reason, is_active, sms_status, sms_reason, twilio_sid,
                                   twilio_account_sid, elevenlabs_phone_id, agent_id, place, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14))",
        {number.id, number.organization_id, number.phone_number, number.state, number.state_reason, number.is_active, number.sms_status,
            number.sms_reason, number.twilio_sid, number.twilio_account_sid, number.elevenlabs_phone_id, number.agent_id, number.place,
            number.created_at});
    append_event(db, number.organization_id, "phone_number", number.id);
}

std::optional<PhoneNumber> find_phone_number(sql::Reader& db, std::string const& id)
{
    return first_of(db.run(R"(
        SELECT id, organization_id, phone_number, state, state_reason, is_active, sms_status, sms_reason, twilio_sid, twilio_account_sid,
               elevenlabs_phone_id, agent_id, place, created_at, activated_at
        FROM phone_numbers WHERE id = $1)",
        {id}));
}

std::optional<PhoneNumber> find_owned_number(sql::Reader& db, std::string const& e164)
{
    return first_of(db.run(R"(
        SELECT id, organization_id, phone_number, state, state_reason, is_active, sms_status, sms_reason, twilio_sid, twilio_account_sid,
               elevenlabs_phone_id, agent_id, place, created_at, activated_at
        FROM phone_numbers WHERE phone_number = $1 AND released_at IS NULL)",
        {e164}));
}

std::optional<PhoneNumber> find_number_by_sid(sql::Reader& db, std::string const& twilio_sid)
{
    return first_of(db.run(R"(
        SELECT id, organization_id, phone_number, state, state_reason, is_active, sms_status, sms_reason, twilio_sid, twilio_account_sid,
               elevenlabs_phone_id, agent_id, place, created_at, activated_at
        FROM phone_numbers WHERE twilio_sid = $1)",
        {twilio_sid}));
}

std::vector<PhoneNumber> list_phone_numbers(sql::Reader& db, std::string const& organization_id)
{
    std::vector<PhoneNumber> list;
    for (auto const& row : db.run(R"(
        SELECT id, organization_id, phone_number, state, state_reason, is_active, sms_status, sms_reason, twilio_sid, twilio_account_sid,
               elevenlabs_phone_id, agent_id, place, created_at, activated_at
        FROM phone_numbers WHERE organization_id = $1 ORDER BY created_at LIMIT 500)",
             {organization_id}))
        list.push_back(to_number(row));
    return list;
}

std::vector<PhoneNumber> list_numbers_to_bill(
    sql::Reader& db, std::string const& after_id, std::string const& month, Time present, int limit)
{
    std::vector<PhoneNumber> list;
    for (auto const& row : db.run(R"(
        SELECT id, organization_id, phone_number, state, state_reason, is_active, sms_status, sms_reason, twilio_sid, twilio_account_sid,
               elevenlabs_phone_id, agent_id, place, created_at, activated_at
        FROM phone_numbers
        WHERE id > $1 AND released_at IS NULL AND created_at <= $2
          AND NOT EXISTS (SELECT 1 FROM ledger_entries WHERE reference = 'month:' || phone_numbers.id || ':' || $3)
        ORDER BY id LIMIT $4)",
             {after_id, present, month, limit}))
        list.push_back(to_number(row));
    return list;
}

std::vector<ListedNumber> list_all_numbers(sql::Reader& db, ListPage const& page)
{
    if (!page.member_user_id.empty()) return list_of_member(db, page);
    if (page.sort == "number") return page.filter.empty() ? list_by_number(db, page) : list_by_number_in_state(db, page);
    return page.filter.empty() ? list_newest(db, page) : list_newest_in_state(db, page);
}

Counts count_numbers(sql::Reader& db, ListPage const& page)
{
    bool const everyone = page.member_user_id.empty();
    auto const rows = everyone && page.search.empty() ? db.run("SELECT state, count(*) FROM phone_numbers GROUP BY state")
        : everyone                                    ? db.run(R"(
        SELECT n.state, count(*) FROM phone_numbers n
        WHERE n.organization_id IN (SELECT id FROM organizations WHERE replace(lower(name), $1, '') <> lower(name))
              OR ($2 <> '' AND replace(n.phone_number, $2, '') <> n.phone_number)
        GROUP BY n.state)",
                                                 {page.search, page.digits})
                                                      : db.run(R"(
        SELECT n.state, count(*) FROM phone_numbers n
        WHERE n.organization_id IN (SELECT organization_id FROM memberships WHERE user_id = $1)
          AND ($2 = '' OR n.organization_id IN (SELECT id FROM organizations WHERE replace(lower(name), $2, '') <> lower(name))
               OR ($3 <> '' AND replace(n.phone_number, $3, '') <> n.phone_number))
        GROUP BY n.state)",
                                                          {page.member_user_id, page.search, page.digits});
    Counts counts;
    for (auto const& row : rows)
        counts[row.text(0)] = row.integer(1);
    return counts;
}

OwnedNumbers count_owned_numbers(sql::Reader& db)
{
    OwnedNumbers numbers;
    for (auto const& [state, count] : count_numbers(db, {})) {
        if (state != "released") numbers.owned += count;
        if (state == "active") numbers.active = count;
    }
    return numbers;
}

void set_number_state(sql::Writer& db, std::string const& id, std::string const& state, std::string const& reason)
{
    bool const active = state == "active";
    auto const changed = db.run(R"(
        UPDATE phone_numbers SET state = $1, state_reason = $2, is_active = $3, activated_at = CASE WHEN $4 = 1 THEN $5 ELSE activated_at END
        WHERE id = $6 RETURNING organization_id)",
        {state, reason, active, active, now(), id});
    append_change(db, changed, id);
    if (!changed.empty()) refresh_status(db, changed.front().text(0));
}

void set_number_import(sql::Writer& db, std::string const& id, std::string const& elevenlabs_phone_id, std::string const& agent_id)
{
    auto const changed = db.run("UPDATE phone_numbers SET elevenlabs_phone_id = $1, agent_id = $2 WHERE id = $3 RETURNING organization_id",
        {elevenlabs_phone_id, agent_id, id});
    append_change(db, changed, id);
}
