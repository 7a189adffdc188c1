#include "edge-server/store/line_store.h"
#include "edge-server/store/event_store.h"
#include "edge-server/store/organization_store.h"

namespace {

Line to_line(sql::Row const& row)
{
    return {{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.flag(5), row.text(6), row.text(7), row.text(8),
                row.text(9), row.text(10), row.text(11), row.text(12), row.time(13), row.time(14)},
        row.text(15), row.text(16), row.text(17), row.text(18), row.text(19), row.time(20), row.time(21),
        static_cast<int>(row.integer(22))};
}

void append_change(sql::Writer& db, sql::Rows const& changed)
{
    for (auto const& row : changed) {
        append_event(db, row.text(0), "phone_number", row.text(1));
        refresh_status(db, row.text(0));
    }
}

} // namespace

void plan_line_work(sql::Writer& db, std::string const& organization_id, Time release_at)
{
    append_change(db,
        db.run(R"(
        UPDATE phone_numbers SET work_due_at = $1, work_attempts = 0, release_at = CASE WHEN $2 > 0 THEN $2 END
        WHERE organization_id = $3 AND released_at IS NULL RETURNING organization_id, id)",
            {now(), release_at, organization_id}));
}

std::optional<Time> next_line_work(sql::Reader& db)
{
    auto const rows = db.run("SELECT min(CASE WHEN lease_until > work_due_at THEN lease_until ELSE work_due_at END) FROM phone_numbers "
                             "WHERE work_due_at IS NOT NULL");
    if (rows.front().is_null(0)) return {};
    return rows.front().time(0);
}

std::optional<Line> claim_line_work(sql::Writer& db, std::string const& owner, Time present, Time lease_until)
{
    auto const claimed = db.run(R"(
        UPDATE phone_numbers SET lease_owner = $1, lease_until = $2
        WHERE id = (SELECT id FROM phone_numbers WHERE work_due_at IS NOT NULL AND work_due_at <= $3 AND lease_until < $3
                    ORDER BY work_due_at LIMIT 1)
        RETURNING id)",
        {owner, lease_until, present});
    if (claimed.empty()) return {};
    return find_line(db, claimed.front().text(0));
}

bool renew_line_lease(sql::Writer& db, std::string const& number_id, std::string const& owner, Time lease_until)
{
    db.run("UPDATE phone_numbers SET lease_until = $1 WHERE id = $2 AND lease_owner = $3", {lease_until, number_id, owner});
    return db.changes() == 1;
}

void release_line_lease(sql::Writer& db, std::string const& number_id, std::string const& owner)
{
    db.run("UPDATE phone_numbers SET lease_owner = '', lease_until = 0 WHERE id = $1 AND lease_owner = $2", {number_id, owner});
}

void void_all_line_leases(sql::Writer& db)
{
    db.run("UPDATE phone_numbers SET lease_owner = '', lease_until = 0 WHERE lease_until > 0");
}

void set_line_work(sql::Writer& db, std::string const& number_id, Time due_at, int attempts)
{
    db.run("UPDATE phone_numbers SET work_due_at = CASE WHEN $1 > 0 THEN $1 END, work_attempts = $2 WHERE id = $3",
        {due_at, attempts, number_id});
}

void set_voice_url(sql::Writer& db, std::string const& number_id, std::string const& voice_url)
{
    db.run("UPDATE phone_numbers SET voice_url = $1 WHERE id = $2", {voice_url, number_id});
}

void set_sms_status(sql::Writer& db, std::string const& number_id, std::string const& status, std::string const& reason)
{
    append_change(db,
        db.run("UPDATE phone_numbers SET sms_status = $1, sms_reason = $2 WHERE id = $3 RETURNING organization_id, id",
            {status, reason, number_id}));
}

void set_twilio_sid(sql::Writer& db, std::string const& number_id, std::string const& twilio_sid)
{
    append_change(
        db, db.run("UPDATE phone_numbers SET twilio_sid = $1 WHERE id = $2 RETURNING organization_id, id", {twilio_sid, number_id}));
}

void mark_released(sql::Writer& db, std::string const& number_id)
{
    append_change(db,
        db.run(R"(
        UPDATE phone_numbers SET state = 'released', state_reason = '', is_active = 0, released_at = $1, work_due_at = NULL, work_attempts = 0
        WHERE id = $2 RETURNING organization_id, id)",
            {now(), number_id}));
}

std::vector<Line> list_owned_lines(sql::Reader& db)
{
    std::vector<Line> list;
    for (auto const& row : db.run(R"(
        SELECT n.id, n.organization_id, n.phone_number, n.state, n.state_reason, n.is_active, n.sms_status, n.sms_reason, n.twilio_sid,
               n.twilio_account_sid, n.elevenlabs_phone_id, n.agent_id, n.place, n.created_at, n.activated_at, o.name, o.state, r.id, r.state,
               n.voice_url, n.release_at, n.work_due_at, n.work_attempts
        FROM phone_numbers n JOIN organizations o ON o.id = n.organization_id LEFT JOIN provisioning_runs r ON r.phone_number_id = n.id
        WHERE n.released_at IS NULL)"))
        list.push_back(to_line(row));
    return list;
}

std::optional<Line> find_line(sql::Reader& db, std::string const& number_id)
{
    auto const rows = db.run(R"(
        SELECT n.id, n.organization_id, n.phone_number, n.state, n.state_reason, n.is_active, n.sms_status, n.sms_reason, n.twilio_sid,
               n.twilio_account_sid, n.elevenlabs_phone_id, n.agent_id, n.place, n.created_at, n.activated_at, o.name, o.state, r.id, r.state,
               n.voice_url, n.release_at, n.work_due_at, n.work_attempts
        FROM phone_numbers n JOIN organizations o ON o.id = n.organization_id LEFT JOIN provisioning_runs r ON r.phone_number_id = n.id
        WHERE n.id = $1)",
        {number_id});
    if (rows.empty()) return {};
    return to_line(rows.front());
}

bool was_owned(sql::Reader& db, std::string const& e164)
{
    return !db.run("SELECT 1 FROM phone_numbers WHERE phone_number = $1 AND released_at IS NOT NULL LIMIT 1", {e164}).empty();
}
