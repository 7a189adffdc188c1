#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/event_store.h"

namespace {

PhoneNumber to_number(sql::Row const& row)
{
    return {row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.flag(5), row.text(6), row.text(7), row.text(8),
        row.text(9), row.text(10), row.text(11), row.text(12), row.time(13), row.time(14)};
}

std::optional<PhoneNumber> first_of(sql::Rows const& rows)
{
    return rows.empty() ? std::nullopt : std::optional(to_number(rows.front()));
}

void append_change(sql::Writer& db, sql::Rows const& organizations, std::string const& id)
{
    if (!organizations.empty()) append_event(db, organizations.front().text(0), "phone_number", id);
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

void set_number_state(sql::Writer& db, std::string const& id, std::string const& state, std::string const& reason)
{
    bool const active = state == "active";
    auto const changed = db.run(R"(
        UPDATE phone_numbers SET state = $1, state_reason = $2, is_active = $3, activated_at = CASE WHEN $4 = 1 THEN $5 ELSE activated_at END
        WHERE id = $6 RETURNING organization_id)",
        {state, reason, active, active, now(), id});
    append_change(db, changed, id);
}

void set_number_import(sql::Writer& db, std::string const& id, std::string const& elevenlabs_phone_id, std::string const& agent_id)
{
    auto const changed = db.run("UPDATE phone_numbers SET elevenlabs_phone_id = $1, agent_id = $2 WHERE id = $3 RETURNING organization_id",
        {elevenlabs_phone_id, agent_id, id});
    append_change(db, changed, id);
}
