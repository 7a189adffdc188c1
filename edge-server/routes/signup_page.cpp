#include "edge-server/routes/signup_page.h"
#include "edge-server/config.h"
#include "shared/base/text.h"
#include "shared/domain/area_codes.h"
#include "shared/domain/phone_number.h"

#include <kainjow/mustache.hpp>

#include <algorithm>
#include <array>
#include <cstdio>

using kainjow::mustache::data;

namespace {

struct Chip {
    std::string_view code;
    std::string_view place;
};
constexpr std::array<Chip, 3> canadian_chips{{{"604", "Vancouver"}, {"778", "BC"}, {"250", "Island"}}};

std::string seconds(Time from, Time to)
{
    auto const milliseconds = std::max<std::int64_t>(0, to.milliseconds - from.milliseconds);
    char text[32];
    std::snprintf(text, sizeof text, milliseconds < 10'000 ? "%.1f s" : "%.0f s", static_cast<double>(milliseconds) / 1000);
    return text;
}

std::string counted(std::int64_t count, char const* one, char const* many)
{
    return std::to_string(count) + ' ' + (count == 1 ? one : many);
}

data page(std::string const& title, Config const& config, std::string const& number_to_call = {})
{
    data model{data::type::object};
    model.set("version", "1.0");
    model.set("title", title);
    // The simulator stands in for both vendors at one address.
    if (config.twilio_api_base == config.elevenlabs_api_base && config.twilio_api_base.starts_with("http://")) {
        data simulator{data::type::object};
        simulator.set("call_href", config.twilio_api_base + (number_to_call.empty() ? "/" : "/?to=%2B" + number_to_call.substr(1)));
        model.set("simulator", simulator);
    }
    return model;
}

data callers(std::string const& name, std::string const& number, SignupPrices const& prices)
{
    data half{data::type::object};
    half.set("organization_name", name);
    half.set("number", number);
    half.set("number_price", dollars(prices.number_month) + " a month");
    half.set("usage_price", dollars(prices.voice_minute) + " a minute, " + dollars(prices.sms_segment) + " a text");
    return half;
}

std::string summary_of(Error const& error, SignupForm const& form)
{
    auto const& field = error.field;
    if (field == "organization_slug") return error.code == "slug_taken" ? "Short name is taken" : "Short name cannot be used";
    if (field == "email") return error.code == "email_taken" ? "E-mail has an account already" : "E-mail is not complete";
    if (field == "password") return error.code == "too_short" ? "Password is too short" : "Password cannot be used";
    if (field == "area_code") return "No area code " + form.signup.area_code;
    if (field == "organization_name") return "Dealership name cannot be used";
    return error.message;
}

std::string render(std::string const& page_template, data const& model)
{
    kainjow::mustache::mustache compiled(page_template);
    if (!compiled.is_valid()) throw std::runtime_error("the signup page's template: " + compiled.error_message());
    return compiled.render(model);
}

// What the page shows of a run: six steps, the last attempt of each.
struct Shown {
    char const* state; // the run's; '' for what is done before it, "done" for the last
    char const* title;
    char const* waiting;
};
constexpr std::array<Shown, 6> shown_steps{{{"", "Account made", ""}, {"choosing", "Number chosen", "Choosing a number"},
    {"buying", "Number bought", "Buying the number"}, {"importing", "Teaching Jack your name", "Teaching Jack your name"},
    {"verifying", "Checking that it answers", "Checking that it answers"}, {"done", "Live", "Live"}}};

std::size_t position_of(std::string const& state)
{
    for (std::size_t i = 1; i < shown_steps.size(); ++i)
        if (state == shown_steps[i].state) return i;
    return 1; // queued
}

} // namespace

std::string render_form(std::string const& page_template, SignupForm const& form, SignupPrices const& prices, Config const& config)
{
    auto const& signup = form.signup;
    auto model = page("Get a line answered by Jack", config);
    data fields{data::type::object};
    fields.set("idempotency_key", form.idempotency_key);
    fields.set("organization_name", signup.organization_name);
    fields.set("organization_slug", signup.organization_slug);
    fields.set("email", signup.email);
    auto const chosen = form.chosen_area.empty() ? std::string(canadian_chips[0].code) : form.chosen_area;
    data areas{data::type::list};
    for (auto const& chip : canadian_chips) {
        data area{data::type::object};
        area.set("code", std::string(chip.code));
        area.set("place", std::string(chip.place));
        area.set("checked", chip.code == chosen);
        areas << area;
    }
    fields.set("areas", areas);
    bool const other = chosen == "other";
    fields.set("other_checked", other);
    fields.set("other_area_code", other ? signup.area_code : std::string());
    if (!form.errors.empty()) {
        fields.set("error_heading",
            counted(static_cast<std::int64_t>(form.errors.size()), "thing", "things") + " to put right. Nothing was bought.");
        data list{data::type::list};
        for (auto const& error : form.errors) {
            data entry{data::type::object};
            entry.set("field", error.field.empty() ? std::string("organization_name") : error.field);
            entry.set("summary", summary_of(error, form));
            list << entry;
            if (!error.field.empty())
                fields.set(error.field + "_error", error.code == "slug_taken" ? std::string("That short name is taken.") : error.message);
        }
        fields.set("errors", list);
        if (!form.free_slug.empty()) fields.set("organization_slug_suggestion", form.free_slug);
    }
    model.set("form", fields);
    auto const area = other ? signup.area_code : chosen;
    model.set("callers",
        callers(signup.organization_name.empty() ? "your dealership" : signup.organization_name,
            "(" + (find_area_code(area) ? area : "•••") + ") ••• ••••", prices));
    return render(page_template, model);
}

std::string render_progress(std::string const& page_template, OrganizationSummary const& summary, ProvisioningRun const& run,
    std::vector<ProvisioningStep> const& steps, std::string const& email, SignupPrices const& prices, Config const& config)
{
    auto const& organization = summary.organization;
    bool const live = run.state == "done";
    auto const number = summary.phone_number.empty()
        ? "(" + (organization.area_code.empty() ? config.area_code : organization.area_code) + ") ••• ••••"
        : national_format(summary.phone_number);
    auto model = page(live ? number + " is live" : "Setting up your line", config, summary.phone_number);
    model.set("signed_in_email", email);
    model.set("callers", callers(organization.name, number, prices));
    if (live) {
        data done{data::type::object};
        done.set("organization_name", organization.name);
        done.set("number", number);
        done.set("tel", summary.phone_number);
        done.set("call_href", "tel:" + summary.phone_number);
        auto const took = (run.finished_at.milliseconds - run.created_at.milliseconds + 999) / 1000;
        done.set("pill",
            took < 120 ? "Live after " + counted(took, "second", "seconds") : "Live after " + counted(took / 60, "minute", "minutes"));
        model.set("done", done);
        return render(page_template, model);
    }

    bool const running = run.is_running();
    auto const at = position_of(running ? run.state : run.resume_state == "verifying" ? "importing" : run.resume_state);
    data progress{data::type::object};
    progress.set("organization_id", organization.id);
    progress.set("organization_name", organization.name);
    progress.set("heading",
        running                   ? "Setting up your line"
            : run.state == "held" ? "A person looks at your signup"
                                  : "Your line needs a person");
    auto const step_count = "Step " + std::to_string(at + 1) + " of " + std::to_string(shown_steps.size()) + ". ";
    progress.set("lead",
        running ? step_count + "Most lines are live after 20 seconds; you can leave this page open or come back."
                : std::string("Your account is made and nothing is lost. We have been told, and go on from where it stopped."));
    if (running)
        progress.set("running", true);
    else {
        data problem{data::type::object};
        problem.set("heading", run.state == "held" ? "Nothing was bought yet" : "It stopped at: " + std::string(shown_steps[at].waiting));
        problem.set("text", run.cause + " Someone of ours takes the next step; come back to this page to see it.");
        progress.set("problem", problem);
    }
    data list{data::type::list};
    for (std::size_t i = 0; i < shown_steps.size(); ++i) {
        data entry{data::type::object};
        auto const& shown = shown_steps[i];
        auto const of_step = [&](ProvisioningStep const& step) { return step.step == shown.state; };
        auto const last = std::find_if(steps.rbegin(), steps.rend(), of_step);
        auto const first = std::find_if(steps.begin(), steps.end(), of_step);
        std::string text, time;
        if (i == 0) {
            text = organization.name;
            time = seconds(organization.created_at, organization.created_at);
        } else if (last != steps.rend()) {
            text = last->message;
            time = seconds(first->started_at, last->finished_at ? last->finished_at : now());
        }
        bool const is_done = i < at;
        entry.set("title", is_done || i == 0 ? shown.title : shown.waiting);
        entry.set("text", i < at || (i == at && running) ? text : std::string()); // a stopped step's cause stands above
        entry.set("seconds", i <= at && i > 0 ? time : std::string());
        entry.set(is_done ? "is_done" : i > at ? "is_waiting" : "is_current", true);
        list << entry;
    }
    progress.set("steps", list);
    progress.set("note", "Saved. Closing this page loses nothing: sign in as " + email + " to come back.");
    model.set("progress", progress);
    return render(page_template, model);
}
