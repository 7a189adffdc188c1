#include "edge-server/services/lines.h"
#include "edge-server/config.h"
#include "edge-server/services/billing.h"
#include "edge-server/services/retrying.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/provisioning_store.h"
#include "shared/base/id.h"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace {

constexpr std::int64_t cooling_off_seconds = 7 * 24 * 3600;
constexpr std::int64_t lease_seconds = 60; // longer than any vendor call
static_assert(lease_seconds > 2 * provider_deadline.count());

Error no_such_organization()
{
    return {ErrorKind::NotFound, "not_found", "There is no such organisation."};
}

// A line that is being set up changes hands once it stands still.
std::optional<Error> still_being_set_up(sql::Reader& db, std::string const& organization_id)
{
    auto const run = find_run_of(db, organization_id);
    if (!run || !run->is_running()) return {};
    return Error{ErrorKind::Conflict, "being_set_up", "The line is being set up. Wait until it is live or needs someone, then try again."};
}

bool talks(Line const& line)
{
    return line.number.state == "active" || line.number.state == "imported";
}

bool is_due_for_release(Line const& line)
{
    return line.organization_state == "closed" && line.release_at && line.release_at <= now() && line.number.state != "released";
}

// It was resumed, or is being resumed, and no run proves it.
bool is_left_unproved(Line const& line)
{
    return line.number.state == "imported" && line.run_state == "done";
}

bool is_as_wanted(Line const& line)
{
    if (is_due_for_release(line)) return false;
    bool const silent = line.organization_state != "open";
    return silent ? !talks(line) : line.number.state != "suspended" && !is_left_unproved(line);
}

} // namespace

struct Lines::Work {
    Line line;
    std::string worker;
};

Lines::Lines(sql::Database& database, Config const& config, Provisioning& provisioning, TwilioClient& twilio, ElevenLabsClient* elevenlabs)
    : m_database(database), m_config(config), m_provisioning(provisioning), m_twilio(twilio), m_elevenlabs(elevenlabs)
{
}

// --- what is wanted ---

Outcome Lines::suspend(sql::Writer& db, std::string const& organization_id)
{
    auto const found = find_organization(db, organization_id);
    if (!found) return no_such_organization();
    if (found->organization.state == "suspended") return Nothing{};
    if (found->organization.state == "closed") return Error{ErrorKind::Conflict, "closed", "The organisation is closed."};
    if (auto const problem = still_being_set_up(db, organization_id)) return *problem;
    set_organization_state(db, organization_id, "suspended");
    plan_line_work(db, organization_id, {});
    return Nothing{};
}

Outcome Lines::resume(sql::Writer& db, std::string const& organization_id)
{
    auto const found = find_organization(db, organization_id);
    if (!found) return no_such_organization();
    if (found->organization.state == "open") return Nothing{};
    for (auto const& number : list_phone_numbers(db, organization_id))
        if (number.state == "releasing" || number.state == "released")
            return Error{ErrorKind::Conflict, "released",
                "The number " + number.phone_number + " is given back already. The dealership can sign up again."};
    set_organization_state(db, organization_id, "open");
    plan_line_work(db, organization_id, {});
    auto const run = find_run_of(db, organization_id);
    bool const needs_someone = run && !run->is_running() && run->state != "done";
    if (needs_someone) reopen_last_notification(db, organization_id, run->id); // closing had settled it
    return Nothing{};
}

Outcome Lines::close(sql::Writer& db, std::string const& organization_id)
{
    auto const found = find_organization(db, organization_id);
    if (!found) return no_such_organization();
    if (found->organization.state == "closed") return Nothing{};
    if (auto const problem = still_being_set_up(db, organization_id)) return *problem;
    set_organization_state(db, organization_id, "closed");
    plan_line_work(db, organization_id, now().plus_seconds(cooling_off_seconds));
    if (auto const run = find_run_of(db, organization_id)) resolve_notifications_about(db, run->id);
    return Nothing{};
}

bool Lines::retry(sql::Writer& db, std::string const& organization_id)
{
    bool any = false;
    for (auto const& number : list_phone_numbers(db, organization_id)) {
        auto const line = find_line(db, number.id);
        if (line->work_due_at || is_as_wanted(*line)) continue;
        resolve_notifications_about(db, number.id);
        set_line_work(db, number.id, now(), 0);
        any = true;
    }
    return any;
}

// --- the work ---

bool Lines::work_on_next(std::string const& worker)
{
    auto const due = m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return next_line_work(db); });
    if (!due || *due > now()) return false;
    auto const claimed = m_database.write(
        sql::Scope::platform(), [&](sql::Writer& db) { return claim_line_work(db, worker, now(), now().plus_seconds(lease_seconds)); });
    if (!claimed) return false;
    Work work{*claimed, worker};
    try {
        advance(work);
    } catch (Interrupted) {
        spdlog::info("number {}: goes on later", work.line.number.phone_number);
    } catch (std::exception const& failure) {
        spdlog::error("number {}: {}", work.line.number.phone_number, failure.what());
        m_database.write(sql::Scope::organization(work.line.number.organization_id), [&](sql::Writer& db) {
            set_line_work(
                db, work.line.number.id, now().plus_milliseconds(back_off(work.line.work_attempts).count()), work.line.work_attempts + 1);
        });
    }
    m_database.write(sql::Scope::organization(work.line.number.organization_id),
        [&](sql::Writer& db) { release_line_lease(db, work.line.number.id, worker); });
    return true;
}

void Lines::advance(Work& work)
{
    auto const& line = work.line;
    if (m_config.is_live_by_mistake())
        return stop(work, "This installation uses a vendor's real address, but its public URL cannot be reached from there.",
            "Set DEALERLINE_PUBLIC_URL to a public https address.");
    if (is_due_for_release(line)) return release(work);
    if (line.organization_state != "open" && talks(line)) return silence(work);
    // Active in our books is not enough: it may have been resumed while it was being switched off.
    if (line.organization_state == "open" && (line.number.state == "suspended" || line.number.state == "active" || is_left_unproved(line)))
        return restore(work);
    settle(work);
}

// Calls come to us, who name the dealership and forward; ElevenLabs' address is remembered first.
void Lines::silence(Work& work)
{
    auto const& number = work.line.number;
    before_call(work);
    auto const at_twilio = m_twilio.fetch(number.twilio_sid);
    bool const gone = at_twilio.answer.status == 404; // the reconciler names that
    if (!gone && handled_failure(work, m_twilio.provider(), at_twilio.answer)) return;
    if (!gone) {
        if (!is_marked(work, at_twilio.value)) return;
        if (is_elevenlabs_url(at_twilio.value.voice_url))
            save(work, [&](sql::Writer& db) { set_voice_url(db, number.id, at_twilio.value.voice_url); });
        before_call(work);
        auto const set = m_twilio.set_voice_url(number.twilio_sid, m_provisioning.urls().voice);
        if (handled_failure(work, m_twilio.provider(), set.answer)) return;
    }
    bool const closed = work.line.organization_state == "closed";
    save(work, [&](sql::Writer& db) {
        set_number_state(db, number.id, "suspended", closed ? "The organisation is closed." : "The organisation is suspended.");
        resolve_notifications_about(db, number.id);
    });
    settle(work);
}

// ElevenLabs answers again, which the run's last step proves before the number counts as active.
void Lines::restore(Work& work)
{
    auto const& number = work.line.number;
    before_call(work);
    auto const at_twilio = m_twilio.fetch(number.twilio_sid);
    if (handled_failure(work, m_twilio.provider(), at_twilio.answer)) return;
    if (!is_marked(work, at_twilio.value)) return;
    if (number.state == "active" && is_elevenlabs_url(at_twilio.value.voice_url)) return settle(work);
    if (!work.line.voice_url.empty() && at_twilio.value.voice_url != work.line.voice_url) {
        // Before it leaves: if the answer is lost and the line is to be silent again, there is something to silence.
        save(work, [&](sql::Writer& db) { set_number_state(db, number.id, "imported", "It is being switched on."); });
        before_call(work);
        auto const set = m_twilio.set_voice_url(number.twilio_sid, work.line.voice_url);
        if (handled_failure(work, m_twilio.provider(), set.answer)) return;
    }
    save(work, [&](sql::Writer& db) {
        set_number_state(db, number.id, "imported", {});
        resolve_notifications_about(db, number.id);
        auto run = find_run_of_number(db, number.id);
        if (!run) return;
        run->state = "verifying";
        run->attempts = 0;
        run->due_at = now();
        update_run(db, *run);
    });
    settle(work);
    m_provisioning.wake();
}

void Lines::release(Work& work)
{
    auto const& number = work.line.number;
    if (number.state != "releasing")
        save(work, [&](sql::Writer& db) { set_number_state(db, number.id, "releasing", "It is being given back."); });
    before_call(work);
    auto const at_twilio = m_twilio.fetch(number.twilio_sid);
    if (at_twilio.answer.status != 404) {
        if (handled_failure(work, m_twilio.provider(), at_twilio.answer)) return;
        if (!is_marked(work, at_twilio.value)) return;
    }
    before_call(work);
    if (m_elevenlabs && !number.elevenlabs_phone_id.empty()) {
        auto const removed = m_elevenlabs->remove_number(number.elevenlabs_phone_id);
        if (removed.status != 404 && handled_failure(work, m_elevenlabs->provider(), removed)) return;
    }
    before_call(work);
    auto const released = m_twilio.release(number.twilio_sid);
    if (released.status != 404 && handled_failure(work, m_twilio.provider(), released)) return;
    save(work, [&](sql::Writer& db) {
        bill_number(db, number, now()); // the month that began since it was last billed
        mark_released(db, number.id);
        resolve_notifications_about(db, number.id);
        append_audit(db, {number.organization_id, "dealerline", "number_released", number.id, number.phone_number}, sha256_hex);
        if (m_elevenlabs || number.elevenlabs_phone_id.empty()) return;
        put_notification(db,
            {new_id(), "manual_setup_required", number.id, number.organization_id, {}, number.phone_number,
                "Remove " + number.phone_number + " from the ElevenLabs dashboard", "The number is released at Twilio.",
                "Delete the number with the phone id " + number.elevenlabs_phone_id + " there.", "pending", now(), {}});
    });
    spdlog::info("number {}: released", number.phone_number);
}

// What does not carry this number's mark is somebody else's, whatever our books say.
bool Lines::is_marked(Work& work, TwilioNumber const& at_twilio)
{
    if (at_twilio.friendly_name == m_provisioning.tag_of(work.line.run_id)) return true;
    stop(work, "The number's name at Twilio is not the mark of this line, so it is not touched.",
        "Set the friendly name of " + work.line.number.phone_number + " in Twilio's console to " + m_provisioning.tag_of(work.line.run_id)
            + ", then try again.");
    return false;
}

// --- the durable record ---

template <typename F>
void Lines::save(Work& work, F&& f)
{
    auto const& number = work.line.number;
    bool const ours = m_database.write(sql::Scope::organization(number.organization_id), [&](sql::Writer& db) {
        if (!renew_line_lease(db, number.id, work.worker, now().plus_seconds(lease_seconds))) return false;
        f(db);
        return true;
    });
    if (!ours) throw Interrupted{};
}

void Lines::before_call(Work& work)
{
    if (m_stopping) throw Interrupted{};
    save(work, [](sql::Writer&) {});
}

// What is wanted may have changed meanwhile, or a run that was proving the line has made it active again: then there is more to do.
void Lines::settle(Work& work)
{
    save(work, [&](sql::Writer& db) {
        auto const line = find_line(db, work.line.number.id);
        bool const is_otherwise_wanted = line->organization_state != work.line.organization_state;
        if (is_otherwise_wanted || !is_as_wanted(*line)) return set_line_work(db, line->number.id, now(), 0);
        set_line_work(db, line->number.id, line->organization_state == "closed" ? line->release_at : Time(), 0);
    });
}

void Lines::stop(Work& work, std::string cause, std::string next_step)
{
    auto const& line = work.line;
    auto const verb = line.organization_state == "open" ? "Switch on" : line.organization_state == "closed" ? "Give back" : "Switch off";
    save(work, [&](sql::Writer& db) {
        set_line_work(db, line.number.id, {}, 0);
        put_notification(db,
            {new_id(), "manual_setup_required", line.number.id, line.number.organization_id, {}, line.number.phone_number,
                verb + (" the line of " + line.organization_name), cause, next_step, "pending", now(), {}});
    });
    spdlog::warn("number {} stopped: {}", line.number.phone_number, cause);
}

bool Lines::handled_failure(Work& work, ProviderClient const& provider, ProviderAnswer const& answer)
{
    auto const& name = provider.name();
    auto const later = [&](std::chrono::milliseconds delay, int attempts) {
        save(work, [&](sql::Writer& db) { set_line_work(db, work.line.number.id, now().plus_milliseconds(delay.count()), attempts); });
    };
    auto const attempts = work.line.work_attempts;
    switch (answer.ending) {
    case Ending::Done:
        return false;
    case Ending::NotSent:
        later(with_jitter(answer.retry_after), attempts);
        return true;
    case Ending::Throttled:
    case Ending::Unclear:
        if (auto const pause = pause_of(provider); pause.count() > 0)
            later(pause, attempts);
        else if (attempts + 1 < attempt_limit)
            later(std::max(back_off(attempts), answer.retry_after), attempts + 1);
        else
            stop(work, name + " could not be reached " + std::to_string(attempt_limit) + " times. " + quoted(name, answer),
                "Wait until " + name + " answers again, then try again.");
        return true;
    case Ending::Unauthorized:
    case Ending::Refused:
        stop(work, quoted(name, answer), "Put right what " + name + " names, then try again.");
        return true;
    }
    return true;
}
