#include "edge-server/services/provisioning.h"
#include "edge-server/config.h"
#include "edge-server/services/agent_doctor.h"
#include "edge-server/services/billing.h"
#include "edge-server/services/number_search.h"
#include "edge-server/services/retrying.h"
#include "edge-server/services/secrets.h"
#include "edge-server/store/line_store.h"
#include "edge-server/store/notification_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "edge-server/store/provisioning_store.h"
#include "shared/base/id.h"
#include "shared/base/text.h"
#include "shared/domain/area_codes.h"

#include <spdlog/spdlog.h>

#include <algorithm>

using std::chrono::milliseconds;

namespace {

constexpr std::int64_t lease_seconds = 60; // longer than any vendor call
constexpr std::size_t waiting_signups_limit = 64;
constexpr std::size_t choice_offers = 3;
constexpr std::size_t choice_searches = 8;
static_assert(lease_seconds > 2 * provider_deadline.count());

// What a human can do about a purchase that Twilio clearly refused.
std::string remedy_for(std::string const& code)
{
    if (code == "21404") return "Upgrade the Twilio trial account: it may own one number only. Then try again.";
    if (code == "21615" || code == "21631") return "Add an address to the Twilio account, as this number needs one. Then try again.";
    if (code == "21649" || code == "21650" || code == "21651")
        return "Complete the regulatory bundle that this number needs in Twilio. Then try again.";
    return "Read Twilio's answer, put right what it names, then try again.";
}

PhoneNumber number_of(ProvisioningRun const& run, TwilioNumber const& bought, std::string const& account_sid, std::string const& place)
{
    auto const [status, reason] = sms_status_of(bought.phone_number, bought.can_text);
    return {new_id(), run.organization_id, bought.phone_number, "bought", {}, false, status, reason, bought.sid, account_sid, {}, {}, place,
        now(), {}};
}

std::optional<Error> not_open(sql::Reader& db, std::string const& organization_id)
{
    auto const organization = find_organization(db, organization_id);
    if (!organization || organization->organization.state == "open") return {};
    return Error{ErrorKind::Conflict, organization->organization.state,
        "The organisation is " + organization->organization.state + ". Resume it first."};
}

Time start_of_utc_day(Time time)
{
    return {time.milliseconds - time.milliseconds % 86'400'000};
}

} // namespace

struct Provisioning::Work {
    ProvisioningRun run;
    std::string worker;
    std::string step_id = {}; // the open step, if any
    std::string voice_url = {}; // as the last check saw it
};

Provisioning::Provisioning(sql::Database& database, Config const& config, std::string installation_id, TwilioClient& twilio,
    ElevenLabsClient* elevenlabs, ProviderClient& own_server)
    : m_database(database), m_config(config), m_installation_id(std::move(installation_id)), m_twilio(twilio), m_elevenlabs(elevenlabs),
      m_own_server(own_server)
{
}

std::string Provisioning::tag_of(std::string const& run_id) const
{
    auto compact = run_id;
    std::erase(compact, '-');
    return "dealerline:" + m_installation_id + ':' + compact;
}

NumberUrls Provisioning::urls() const
{
    auto const at = [&](char const* path) { return m_config.public_url + "/webhooks/twilio/" + path; };
    return {at("sms") + "#rc=3&rp=5xx,ct,rt", at("sms"), at("voice"), at("voice-fallback")};
}

// --- the durable record ---

template <typename F>
void Provisioning::save(Work& work, F&& f)
{
    bool const ours = m_database.write(sql::Scope::organization(work.run.organization_id), [&](sql::Writer& db) {
        if (!renew_lease(db, work.run.id, work.worker, now().plus_seconds(lease_seconds))) return false;
        f(db);
        update_run(db, work.run);
        return true;
    });
    if (!ours) throw LeaseLost{};
}

void Provisioning::begin_step(Work& work, std::string message)
{
    work.step_id = new_id();
    ProvisioningStep const step{work.step_id, work.run.state, work.run.attempts + 1, "started", std::move(message), now(), {}};
    save(work, [&](sql::Writer& db) {
        close_open_steps(db, work.run.id, "Interrupted; going on from here.");
        insert_step(db, work.run, step);
    });
}

// Nothing is sent on a lease that another worker may hold by the time it arrives.
void Provisioning::before_call(Work& work)
{
    if (m_stopping) throw Stopping{};
    save(work, [](sql::Writer&) {});
}

void Provisioning::finish_step(Work& work, std::string next_state, std::string message)
{
    work.run.state = std::move(next_state);
    work.run.attempts = 0;
    work.run.due_at = now();
    save(work, [&](sql::Writer& db) { ::finish_step(db, work.step_id, "succeeded", message); });
    work.step_id.clear();
}

void Provisioning::try_later(Work& work, std::string const& what_failed, milliseconds delay)
{
    ++work.run.attempts;
    go_on_later(work, what_failed, delay);
}

// As after a failure that is not this run's own: it counts as no attempt.
void Provisioning::go_on_later(Work& work, std::string const& what_failed, milliseconds delay)
{
    work.run.due_at = now().plus_milliseconds(delay.count());
    save(work, [&](sql::Writer& db) {
        if (!work.step_id.empty()) ::finish_step(db, work.step_id, "failed", what_failed);
    });
    work.step_id.clear();
}

void Provisioning::stop(Work& work, std::string cause, std::string next_step, std::string notification_type)
{
    auto& run = work.run;
    bool const held = notification_type == "purchase_held";
    bool const by_hand = notification_type == "elevenlabs_import_required";
    run.resume_state = run.state == "verifying" ? "importing" : run.state; // importing sets our URLs again
    run.state = held ? "held" : "needs_attention";
    run.cause = std::move(cause);
    run.next_step = std::move(next_step);
    run.attempts = 0;
    save(work, [&](sql::Writer& db) {
        auto const organization = find_organization(db, run.organization_id);
        auto const& number = organization->phone_number;
        auto message = "Set up the line of " + organization->organization.name + " by hand";
        if (notification_type == "elevenlabs_import_required")
            message = "Import " + number + " to ElevenLabs dashboard and assign to agent";
        if (notification_type == "number_choice_needed") message = "Choose an area code for " + organization->organization.name;
        if (held) message = "Approve the purchase of a number for " + organization->organization.name;
        if (!work.step_id.empty()) ::finish_step(db, work.step_id, by_hand ? "succeeded" : "failed", run.cause);
        if (!run.phone_number_id.empty())
            set_number_state(db, run.phone_number_id, by_hand ? "bought" : "needs_attention", run.cause + " " + run.next_step);
        put_notification(db,
            {new_id(), notification_type, run.id, run.organization_id, {}, number, message, run.cause, run.next_step, "pending", now(),
                {}});
    });
    work.step_id.clear();
    spdlog::warn("run {} stopped: {}", run.id, run.cause);
}

// What every call may meet. True: the run waits or has stopped; the caller returns.
bool Provisioning::handled_failure(Work& work, ProviderClient const& provider, ProviderAnswer const& answer)
{
    auto const& name = provider.name();
    switch (answer.ending) {
    case Ending::Done:
        return false;
    case Ending::NotSent:
        go_on_later(work, answer.message + goes_on_by_itself, with_jitter(answer.retry_after));
        return true;
    case Ending::Throttled:
    case Ending::Unclear:
        if (auto const pause = pause_of(provider); pause.count() > 0)
            go_on_later(work, quoted(name, answer) + goes_on_by_itself, pause); // the provider's trouble, not this run's
        else if (work.run.attempts + 1 >= attempt_limit)
            stop(work, name + " could not be reached " + std::to_string(attempt_limit) + " times. " + quoted(name, answer),
                "Wait until " + name + " answers again, then try again. Nothing is lost.");
        else
            try_later(work, quoted(name, answer), std::max(back_off(work.run.attempts), answer.retry_after));
        return true;
    case Ending::Unauthorized: {
        bool const funds = is_about_funds(answer);
        stop(work,
            (funds ? name + "'s account is suspended or out of funds. " : name + " refused our credentials. ") + quoted(name, answer),
            funds ? "Put the " + name + " account in order, then try again."
                  : "Check the " + name + " credentials of this installation, then try again.");
        return true;
    }
    case Ending::Refused:
        stop(work, name + " refused. " + quoted(name, answer), "Read its answer, put right what it names, then try again.");
        return true;
    }
    return true;
}

// --- the steps ---

bool Provisioning::work_on_next(std::string const& worker)
{
    auto const due = m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return next_due(db); });
    if (!due || *due > now()) return false;
    auto const claimed = m_database.write(
        sql::Scope::platform(), [&](sql::Writer& db) { return claim_due_run(db, worker, now(), now().plus_seconds(lease_seconds)); });
    if (!claimed) return false;
    Work work{*claimed, worker};
    try {
        advance(work);
    } catch (LeaseLost) {
        spdlog::warn("run {}: another worker has it now", work.run.id);
    } catch (Stopping) {
        spdlog::info("run {}: goes on at the next start", work.run.id);
    } catch (std::exception const& failure) {
        spdlog::error("run {}: {}", work.run.id, failure.what());
        recover(work);
    }
    m_database.write(sql::Scope::organization(work.run.organization_id), [&](sql::Writer& db) { release_lease(db, work.run.id, worker); });
    tell_waiting(work.run.organization_id);
    wake();
    return true;
}

// After a failure of our own, memory may be ahead of the disk: go on from what is written.
void Provisioning::recover(Work& work)
{
    try {
        auto const saved = m_database.read(
            sql::Scope::organization(work.run.organization_id), [&](sql::Reader& db) { return find_run(db, work.run.id); });
        if (!saved || !saved->is_running()) return;
        work.run = *saved;
        if (work.run.attempts + 1 < attempt_limit)
            return try_later(work, "Something went wrong on our side; trying again.", back_off(work.run.attempts));
        stop(work, "Something went wrong on our side " + std::to_string(attempt_limit) + " times.",
            "Look for run " + work.run.id + " in the server's log, then try again.");
    } catch (LeaseLost) {
        spdlog::warn("run {}: another worker has it now", work.run.id);
    } catch (std::exception const& failure) {
        spdlog::error("run {}: {}", work.run.id, failure.what()); // the lease runs out, and the next worker tries
    }
}

void Provisioning::advance(Work& work)
{
    while (work.run.is_running() && work.run.due_at <= now() && !m_stopping) {
        if (m_config.is_live_by_mistake()) {
            stop(work,
                "This installation uses a vendor's real address, but its public URL " + m_config.public_url
                    + " cannot be reached from there.",
                "Set DEALERLINE_PUBLIC_URL to a public https address, or use the simulator. Nothing was bought.");
        } else if (auto const pause = provider_pause(work.run.state); pause.count() > 0) {
            go_on_later(work, {}, pause);
        } else if (work.run.state == "queued") {
            work.run.state = "choosing";
        } else if (work.run.state == "choosing") {
            choose(work);
        } else if (work.run.state == "buying") {
            buy(work);
        } else if (work.run.state == "importing") {
            import(work);
        } else {
            verify(work);
        }
    }
}

// How long a provider that the step needs is left alone.
milliseconds Provisioning::provider_pause(std::string const& state) const
{
    auto const twilio = pause_of(m_twilio.provider());
    bool const needs_both = m_elevenlabs && (state == "importing" || state == "verifying");
    return needs_both ? std::max(twilio, pause_of(m_elevenlabs->provider())) : twilio;
}

void Provisioning::choose(Work& work)
{
    auto& run = work.run;
    begin_step(work, "Looking for a number");
    for (auto const& rung : search_ladder(run.area_code, m_config.country, m_config.area_code)) {
        before_call(work);
        auto const offers = m_twilio.search(rung.country, rung.area_code, rung.region);
        if (offers.answer.code == "21451" || offers.answer.code == "21452") continue; // nothing in that area code
        if (handled_failure(work, m_twilio.provider(), offers.answer)) return;

        auto const before = run;
        std::optional<NumberCandidate> chosen;
        bool limit_reached = false;
        save(work, [&](sql::Writer& db) {
            run = before;
            chosen.reset();
            limit_reached = !run.purchase_approved && count_purchases_since(db, start_of_utc_day(now())) >= m_config.max_purchases_per_day;
            if (limit_reached) return;
            for (auto const& offer : offers.value) {
                if (!fits(rung, offer) || is_number_taken(db, offer.phone_number) || was_candidate(db, run.id, offer.phone_number))
                    continue;
                chosen = {new_id(), offer.phone_number, place_of(offer), "reserved", {}, {}, {}};
                insert_candidate(db, run, *chosen);
                run.state = "buying";
                run.attempts = 0;
                auto const said = national_format(chosen->phone_number) + (chosen->place.empty() ? "" : ", " + chosen->place);
                ::finish_step(db, work.step_id, "succeeded", rung.note.empty() ? said : said + ". " + rung.note);
                return;
            }
        });
        if (limit_reached)
            return stop(work,
                "The limit of " + std::to_string(m_config.max_purchases_per_day) + " purchases a day is reached. Nothing was bought.",
                "Approve this purchase.", "purchase_held");
        if (chosen) return work.step_id.clear();
    }
    ask_for_choice(work);
}

// Nothing where the form asked: three nearest offers, instead of buying something else.
void Provisioning::ask_for_choice(Work& work)
{
    auto const asked = work.run.area_code.empty() ? m_config.area_code : work.run.area_code;
    std::vector<std::string> offers;
    auto const near = area_codes_near(asked);
    for (std::size_t i = 0; i < near.size() && i < choice_searches && offers.size() < choice_offers; ++i) {
        auto const area = find_area_code(near[i]);
        before_call(work);
        auto const found = m_twilio.search(std::string(area->country), near[i], {});
        if (found.answer && !found.value.empty()) offers.push_back(near[i]);
    }
    std::string list;
    for (std::size_t i = 0; i < offers.size(); ++i)
        list += (i == 0 ? "" : i + 1 == offers.size() ? " or " : ", ") + offers[i];
    stop(work, "No number is free in " + asked + " today. Nothing was bought.",
        list.empty() ? "Try again later, or choose another area code." : "Choose " + list + " instead, or try again later.",
        "number_choice_needed");
}

void Provisioning::buy(Work& work)
{
    auto const candidate = m_database.read(
        sql::Scope::organization(work.run.organization_id), [&](sql::Reader& db) { return find_open_candidate(db, work.run.id); });
    if (!candidate) {
        work.run.state = "choosing";
        return;
    }
    if (candidate->state == "reserved") {
        begin_step(work, "Buying " + national_format(candidate->phone_number));
        return post_candidate(work, *candidate);
    }
    // Posted, and the outcome is unclear; or refused, and this is the second look.
    begin_step(work, "Looking whether " + national_format(candidate->phone_number) + " was bought");
    if (adopt_if_ours(work, *candidate)) return;
    if (candidate->state == "posted") return post_candidate(work, *candidate); // the same number again, never another
    save(work, [&](sql::Writer& db) {
        set_candidate_state(db, candidate->id, "abandoned", candidate->cause);
        ::finish_step(db, work.step_id, "failed", "It went to someone else; choosing another.");
        work.run.state = "choosing";
        work.run.attempts = 0;
    });
    work.step_id.clear();
}

void Provisioning::post_candidate(Work& work, NumberCandidate candidate)
{
    save(work, [&](sql::Writer& db) { set_candidate_state(db, candidate.id, "posted", {}); }); // on disk before the money can leave
    auto const bought = m_twilio.buy(candidate.phone_number, tag_of(work.run.id), urls());
    if (bought.answer) return adopt(work, candidate, bought.value);
    if (bought.answer.ending != Ending::Refused) {
        handled_failure(work, m_twilio.provider(), bought.answer);
        return;
    }
    if (adopt_if_ours(work, candidate)) return; // a repeated buy of our own number may be refused as taken
    auto const cause = quoted("Twilio", bought.answer);
    if (bought.answer.code != "21422" && bought.answer.code != "21421")
        return stop(
            work, "Twilio refused to sell " + national_format(candidate.phone_number) + ". " + cause, remedy_for(bought.answer.code));
    // Not available. Another number only after a second look, when nothing that was sent can still be on its way.
    save(work, [&](sql::Writer& db) { set_candidate_state(db, candidate.id, "refused", cause); });
    try_later(work, "Twilio says that it is not available. Looking once more before choosing another.", provider_deadline);
}

// Looks by number, then by tag, and takes only what carries exactly this run's tag. True: adopted, or the look failed and the run waits.
bool Provisioning::adopt_if_ours(Work& work, NumberCandidate const& candidate)
{
    auto const tag = tag_of(work.run.id);
    before_call(work);
    auto const by_number = m_twilio.find_by_number(candidate.phone_number);
    if (handled_failure(work, m_twilio.provider(), by_number.answer)) return true;
    for (auto const& number : by_number.value)
        if (number.friendly_name == tag) {
            adopt(work, candidate, number);
            return true;
        }
    before_call(work);
    auto const by_tag = m_twilio.find_by_tag(tag);
    if (handled_failure(work, m_twilio.provider(), by_tag.answer)) return true;
    if (!by_tag.value.empty()) {
        adopt(work, candidate, by_tag.value.front());
        return true;
    }
    if (by_number.value.empty() || candidate.state == "refused") return false;
    // In this very account under another mark: a repeated purchase could rename it, so it counts as refused.
    save(work,
        [&](sql::Writer& db) { set_candidate_state(db, candidate.id, "refused", "It is in the same Twilio account without our mark."); });
    try_later(work, "It is in the same Twilio account without our mark. Looking once more before choosing another.", provider_deadline);
    return true;
}

void Provisioning::adopt(Work& work, NumberCandidate const& candidate, TwilioNumber const& bought)
{
    auto& run = work.run;
    auto const scope = sql::Scope::organization(run.organization_id);
    auto const known = m_database.read(scope, [&](sql::Reader& db) { return find_number_by_sid(db, bought.sid); });
    if (known && known->organization_id != run.organization_id) {
        // Twilio let us write our tag on another organisation's number: put theirs back, and say so.
        auto const theirs = m_database.read(scope, [&](sql::Reader& db) { return find_run_of_number(db, known->id); });
        if (theirs) {
            before_call(work);
            auto const put_back = m_twilio.set_tag(bought.sid, tag_of(theirs->id));
            if (handled_failure(work, m_twilio.provider(), put_back.answer)) return; // the next look finds it by our tag
        }
        save(work, [&](sql::Writer& db) {
            set_candidate_state(db, candidate.id, "abandoned", "Twilio answered with another organisation's number.");
        });
        return stop(work, "Twilio answered the purchase with a number that another organisation owns. Its mark was put back.",
            "Check both numbers in Twilio's console, then try again.", "drift_found");
    }
    if (bought.friendly_name != tag_of(run.id))
        return stop(work, "Twilio sold " + national_format(bought.phone_number) + " without our mark.",
            "Check the number in Twilio's console, then try again.");

    auto const number = number_of(run, bought, m_twilio.account_sid(), candidate.place);
    run.phone_number_id = known ? known->id : number.id;
    run.state = "importing";
    run.attempts = 0;
    save(work, [&](sql::Writer& db) {
        if (!known) {
            insert_phone_number(db, number);
            bill_number(db, number, now());
        }
        set_candidate_state(db, candidate.id, "bought", {});
        ::finish_step(db, work.step_id, "succeeded", national_format(bought.phone_number) + " is bought");
    });
    work.step_id.clear();
}

bool Provisioning::adopt_for(sql::Writer& db, std::string const& run_id, TwilioNumber const& orphan, std::string const& account_sid)
{
    auto run = find_run(db, run_id);
    auto const known = find_number_by_sid(db, orphan.sid);
    if (!run || known) return false;
    auto const number = number_of(*run, orphan, account_sid, {});
    insert_phone_number(db, number);
    bill_number(db, number, now());
    while (auto const open = find_open_candidate(db, run_id))
        set_candidate_state(db, open->id, open->phone_number == orphan.phone_number ? "bought" : "abandoned", {});
    resolve_notifications_about(db, run->id);
    run->phone_number_id = number.id;
    run->state = "importing";
    run->cause.clear();
    run->next_step.clear();
    run->attempts = 0;
    run->due_at = now();
    update_run(db, *run);
    return true;
}

void Provisioning::import(Work& work)
{
    auto& run = work.run;
    auto const number = m_database.read(
        sql::Scope::organization(run.organization_id), [&](sql::Reader& db) { return find_phone_number(db, run.phone_number_id); });
    if (!number) throw std::runtime_error("the run has no number");
    if (run.elevenlabs_phone_id.empty() && !m_config.imports_by_itself())
        return stop(work, "The number is bought. This installation imports numbers by hand.",
            "Import " + number->phone_number
                + " in the ElevenLabs dashboard, assign it to the agent, then activate it here with its phone id.",
            "elevenlabs_import_required");

    begin_step(work, "Importing the number into ElevenLabs");
    bool is_new = false;
    auto const id = imported_id(work, *number, is_new);
    if (!id) return;

    before_call(work);
    auto const set = m_twilio.set_urls(number->twilio_sid, urls()); // an import may have taken them
    if (handled_failure(work, m_twilio.provider(), set.answer)) return;
    if (m_elevenlabs && run.elevenlabs_phone_id.empty() && !is_new && !is_elevenlabs_url(set.value.voice_url)) {
        // A purchase that took effect late wrote our address over ElevenLabs', which only an import writes.
        before_call(work);
        auto const removed = m_elevenlabs->remove_number(*id);
        if (removed.status != 404 && handled_failure(work, m_elevenlabs->provider(), removed)) return;
        if (run.attempts + 1 < attempt_limit)
            return try_later(work, "Calls did not go to ElevenLabs although it had the number; importing it again.", back_off(0));
        return stop(work, "Calls to the number do not go to ElevenLabs, however often it is imported.",
            "Look at the number's voice URL in Twilio's console, then try again.");
    }
    run.state = "verifying";
    run.attempts = 0;
    save(work, [&](sql::Writer& db) {
        set_number_import(db, number->id, *id, m_config.elevenlabs_agent_id);
        set_number_state(db, number->id, "imported", {});
        ::finish_step(db, work.step_id, "succeeded", "ElevenLabs answers the number's calls; texts come to us");
    });
    work.step_id.clear();
}

// The number's id at ElevenLabs, with our agent assigned; nothing when the run waits or has stopped. `is_new`: imported just now.
std::optional<std::string> Provisioning::imported_id(Work& work, PhoneNumber const& number, bool& is_new)
{
    is_new = false;
    auto const assign = [&](ImportedNumber const& imported) -> std::optional<std::string> {
        if (imported.agent_id == m_config.elevenlabs_agent_id) return imported.phone_number_id;
        before_call(work);
        auto const assigned = m_elevenlabs->assign_agent(imported.phone_number_id, m_config.elevenlabs_agent_id);
        if (handled_failure(work, m_elevenlabs->provider(), assigned.answer)) return {};
        return imported.phone_number_id;
    };

    auto const& given = work.run.elevenlabs_phone_id;
    if (!given.empty()) {
        if (!m_elevenlabs) return given;
        before_call(work);
        auto const imported = m_elevenlabs->get_number(given);
        if (imported.answer.status == 404) {
            stop(work, "ElevenLabs has no number with the id " + given + ".",
                "Copy the phone id from the ElevenLabs dashboard and activate again.");
            return {};
        }
        if (handled_failure(work, m_elevenlabs->provider(), imported.answer)) return {};
        if (imported.value.phone_number != number.phone_number) {
            stop(work, "The id " + given + " is another number's at ElevenLabs.",
                "Copy the phone id of " + number.phone_number + " and activate again.");
            return {};
        }
        return assign(imported.value);
    }

    before_call(work);
    auto const listed = m_elevenlabs->list_numbers();
    if (handled_failure(work, m_elevenlabs->provider(), listed.answer)) return {};
    for (auto const& imported : listed.value)
        if (imported.phone_number == number.phone_number) return assign(imported);

    auto const organization = m_database.read(
        sql::Scope::organization(number.organization_id), [&](sql::Reader& db) { return find_organization(db, number.organization_id); });
    before_call(work);
    auto imported = m_elevenlabs->import_number(number.phone_number, organization->organization.name, number.twilio_account_sid,
        current_secret(m_config.twilio_auth_token), m_config.elevenlabs_agent_id);
    if (imported.answer.status == 409) imported.answer.ending = Ending::Unclear; // it may be there already: the next look finds it
    if (handled_failure(work, m_elevenlabs->provider(), imported.answer)) return {};
    is_new = true;
    return imported.value;
}

void Provisioning::verify(Work& work)
{
    auto& run = work.run;
    auto const number = m_database.read(
        sql::Scope::organization(run.organization_id), [&](sql::Reader& db) { return find_phone_number(db, run.phone_number_id); });
    begin_step(work, "Checking that the line answers");
    auto const difference = first_difference(work, *number);
    if (work.step_id.empty()) return; // a vendor could not be asked: the run waits or has stopped
    bool const is_wanted = m_database.read(sql::Scope::organization(run.organization_id),
        [&](sql::Reader& db) { return find_organization(db, run.organization_id)->organization.state == "open"; });
    if (!difference.empty() && is_wanted) {
        // A change may take a moment to be seen everywhere.
        if (run.attempts + 1 < 3) return try_later(work, difference, back_off(run.attempts));
        return stop(work, difference, "Put right what is named, then try again.");
    }
    run.state = "done";
    run.cause.clear();
    run.next_step.clear();
    if (!run.finished_at) run.finished_at = now(); // a line that resumes went live long ago
    save(work, [&](sql::Writer& db) {
        if (difference.empty()) {
            set_number_state(db, number->id, "active", {});
            set_voice_url(db, number->id, work.voice_url);
        }
        ::finish_step(db, work.step_id, "succeeded",
            difference.empty() ? national_format(number->phone_number) + " is live" : "The line was switched off meanwhile.");
        resolve_notifications_about(db, run.id);
        // Whoever switches lines off may have looked before this was written.
        bool const is_still_wanted = find_organization(db, run.organization_id)->organization.state == "open";
        if (!difference.empty() || !is_still_wanted) set_line_work(db, number->id, now(), 0);
    });
    work.step_id.clear();
    spdlog::info("run {}: {} is {}", run.id, number->phone_number, difference.empty() ? "live" : "switched off");
}

// The first thing that is not as it must be; '' when the line is right.
std::string Provisioning::first_difference(Work& work, PhoneNumber const& number)
{
    before_call(work);
    auto const at_twilio = m_twilio.fetch(number.twilio_sid);
    if (at_twilio.answer.status == 404) return "Twilio no longer has " + number.phone_number + ".";
    if (handled_failure(work, m_twilio.provider(), at_twilio.answer)) return {};
    auto const ours = urls();
    if (at_twilio.value.sms_url != ours.sms || at_twilio.value.sms_fallback_url != ours.sms_fallback)
        return "Texts to the number do not come to us.";
    if (at_twilio.value.voice_fallback_url != ours.voice_fallback) return "The number's voice fallback is not ours.";
    work.voice_url = at_twilio.value.voice_url;
    if (!is_elevenlabs_url(work.voice_url)) return "Calls to the number do not go to ElevenLabs: it is not imported there.";

    if (m_elevenlabs) {
        before_call(work);
        auto const at_elevenlabs = m_elevenlabs->get_number(number.elevenlabs_phone_id);
        if (at_elevenlabs.answer.status == 404) return "ElevenLabs no longer has the number.";
        if (handled_failure(work, m_elevenlabs->provider(), at_elevenlabs.answer)) return {};
        if (at_elevenlabs.value.phone_number != number.phone_number) return "ElevenLabs has another number under this id.";
        if (at_elevenlabs.value.agent_id != m_config.elevenlabs_agent_id) return "The number is not assigned to our agent.";
        before_call(work);
        auto const agent = check_agent(*m_elevenlabs, m_config);
        if (agent.failure) {
            handled_failure(work, m_elevenlabs->provider(), *agent.failure);
            return {};
        }
        if (!agent.findings.empty()) return agent.findings.front() + " Run: dealerline-edge doctor --fix";
    }

    // The last word has our own webhook, asked the way that ElevenLabs asks.
    auto const organization = m_database.read(
        sql::Scope::organization(number.organization_id), [&](sql::Reader& db) { return find_organization(db, number.organization_id); });
    before_call(work);
    Json const question{{"caller_id", ""}, {"agent_id", m_config.elevenlabs_agent_id}, {"called_number", number.phone_number},
        {"call_sid", "verify-" + work.run.id}};
    auto const answer = m_own_server.call({"POST", "/webhooks/elevenlabs/conversation-initiation",
        {{"Authorization", "Bearer " + current_secret(m_config.elevenlabs_initiation_secret)}}, "application/json", question.dump()});
    if (!answer) return "Our initiation webhook at " + m_config.public_url + " does not answer: " + answer.message;
    auto const said = text_of(member_of(answer.body, "dynamic_variables"), "organization_name");
    if (said != organization->organization.name) return "Our initiation webhook says \"" + said + "\" instead of the dealership's name.";
    return {};
}

// --- waiting and continuing ---

void Provisioning::tell_waiting(std::string const& organization_id)
{
    std::lock_guard const lock(m_mutex);
    auto const [first, last] = m_waiters.equal_range(organization_id);
    for (auto waiter = first; waiter != last; ++waiter) {
        waiter->second->has_news = true;
        waiter->second->changed.notify_one();
    }
}

void Provisioning::wake()
{
    std::lock_guard const lock(m_mutex);
    ++m_calls;
    m_called.notify_all();
}

void Provisioning::stop_working()
{
    m_stopping = true;
    wake();
    std::lock_guard const lock(m_mutex);
    for (auto const& [organization_id, waiter] : m_waiters) {
        waiter->has_news = true;
        waiter->changed.notify_one();
    }
}

void Provisioning::wait_for_work(std::uint64_t& calls_seen, milliseconds longest)
{
    auto const due = m_database.read(sql::Scope::platform(), [](sql::Reader& db) { return next_due(db); });
    if (due) longest = std::clamp(milliseconds(due->milliseconds - now().milliseconds), milliseconds(5), longest);
    std::unique_lock lock(m_mutex);
    m_called.wait_for(lock, longest, [&] { return m_calls != calls_seen; });
    calls_seen = m_calls;
}

Bound Provisioning::waiting_signups() const
{
    std::lock_guard const lock(m_mutex);
    return {"signups_waiting", m_waiters.size(), waiting_signups_limit};
}

void Provisioning::await(std::string const& organization_id, std::chrono::steady_clock::time_point deadline)
{
    Waiter waiter;
    std::unique_lock lock(m_mutex);
    if (m_waiters.size() >= waiting_signups_limit) return;
    struct Place {
        Provisioning& provisioning;
        std::unique_lock<std::mutex>& lock;
        decltype(m_waiters)::iterator const entry;
        ~Place()
        {
            if (!lock.owns_lock()) lock.lock();
            provisioning.m_waiters.erase(entry);
        }
    } const place{*this, lock, m_waiters.emplace(organization_id, &waiter)};
    auto const is_settled = [&](sql::Reader& db) {
        auto const run = find_run_of(db, organization_id);
        return !run || !run->is_running();
    };
    for (bool waits = true; waits;) {
        waiter.has_news = false;
        lock.unlock();
        bool const is_over = m_database.read(sql::Scope::organization(organization_id), is_settled);
        lock.lock();
        if (is_over || m_stopping) return;
        // With several servers another one may have finished it: look again now and then.
        auto const until = std::min(deadline, std::chrono::steady_clock::now() + milliseconds(500));
        waiter.changed.wait_until(lock, until, [&] { return waiter.has_news; });
        waits = std::chrono::steady_clock::now() < deadline;
    }
}

Outcome Provisioning::retry(sql::Writer& db, std::string const& organization_id)
{
    auto run = find_run_of(db, organization_id);
    if (!run) return Error{ErrorKind::NotFound, "not_found", "This organisation has no provisioning run."};
    if (run->is_running()) return Error{ErrorKind::Conflict, "already_running", "The run is under way already."};
    if (auto const problem = not_open(db, organization_id)) return *problem;
    if (run->state == "done") return Error{ErrorKind::Conflict, "already_done", "The line is live already."};
    if (run->state == "held") run->purchase_approved = true;
    run->state = run->resume_state.empty() ? "queued" : run->resume_state;
    run->attempts = 0;
    run->due_at = now();
    update_run(db, *run);
    return Nothing{};
}

Outcome Provisioning::activate(sql::Writer& db, PhoneNumber const& number, std::string const& elevenlabs_phone_id)
{
    auto run = find_run_of_number(db, number.id);
    if (!run) return Error{ErrorKind::NotFound, "not_found", "No run is about this number."};
    if (run->is_running())
        return Error{ErrorKind::Conflict, "already_running", "The number is being set up. Wait a moment, then look again."};
    if (auto const problem = not_open(db, number.organization_id)) return *problem;
    if (run->state == "done") return Error{ErrorKind::Conflict, "already_active", "The number is active already."};
    run->elevenlabs_phone_id = elevenlabs_phone_id;
    run->state = "importing";
    run->attempts = 0;
    run->due_at = now();
    update_run(db, *run);
    return Nothing{};
}
