#include "web-client/views/timeline.h"

#include "build/generated/icon_codes.h"

#include <cmath>

namespace console {

static constexpr float smallest_step = 56;
static constexpr float text_line = 19;

static std::string step_name(std::string const& step)
{
    if (step == "queued") return "Signed up";
    if (step == "choosing") return "Choose a number";
    if (step == "buying") return "Buy it from Twilio";
    if (step == "importing") return "Import into ElevenLabs";
    if (step == "verifying") return "Verify";
    if (step == "done") return "Live";
    return step;
}

struct Entry {
    std::string title;
    std::string text;
    Tone tone;
    std::string pill;
    Time at;
    Time until;
};

static std::vector<Entry> entries_of(Run const& run)
{
    std::vector<Entry> entries;
    entries.push_back({"Signed up", run.run.area_code.empty() ? "" : "Area code " + run.run.area_code + " asked for", Tone::Ok, {},
        run.run.created_at, {}});
    for (auto const& step : run.steps) {
        bool const failed = step.state == "failed", open = step.state == "started";
        auto title = step_name(step.step);
        if (step.attempt > 1) title += ", attempt " + std::to_string(step.attempt);
        entries.push_back({title, step.message,
            failed     ? Tone::Failed
                : open ? Tone::UnderWay
                       : Tone::Ok,
            failed     ? "Failed"
                : open ? "Under way"
                       : "",
            step.started_at, step.finished_at});
    }
    if (run.run.state == "done") entries.push_back({"Live", "Jack answers.", Tone::Ok, {}, run.run.finished_at, {}});
    if (run.run.state == "needs_attention" || run.run.state == "held")
        entries.push_back(
            {"Handed to a human", run.run.cause + (run.run.next_step.empty() ? "" : " " + run.run.next_step), Tone::Attention, {}, {}, {}});
    return entries;
}

static float text_width_of(Ui const& ui, float width)
{
    return width - 42 - (ui.compact() ? 0.0f : 110.0f);
}

static float entry_height(Ui const& ui, float width, Entry const& entry)
{
    auto const lines = entry.text.empty() ? 0 : ui.wrap(entry.text, {Face::Regular, 13, 0}, text_width_of(ui, width)).size();
    float const time = ui.compact() && entry.at ? text_line : 0;
    return std::max(26 + static_cast<float>(lines) * text_line + time + 12, smallest_step);
}

float timeline_height(Ui const& ui, float width, Run const& run)
{
    float height = 0;
    for (auto const& entry : entries_of(run))
        height += entry_height(ui, width, entry);
    return height;
}

static void draw_disc(Ui& ui, float x, float middle, Entry const& entry)
{
    auto const& c = ui.colours;
    ImU32 fill = c.okbg, mark = c.ok;
    char const* symbol = icon::check;
    if (entry.tone == Tone::Failed) fill = c.badbg, mark = c.bad, symbol = icon::x;
    if (entry.tone == Tone::UnderWay) fill = c.infobg, mark = c.info, symbol = icon::clock;
    if (entry.tone == Tone::Attention) fill = c.warnbg, mark = c.warn, symbol = icon::bell_ring;
    if (entry.title == "Live") fill = c.okdot, mark = ui.dark() ? c.onink : c.onaccent, symbol = icon::phone_call;
    ui.disc(x + 13, middle, 13, fill);
    ui.icon(x + 13, middle, symbol, 14, mark);
}

void draw_timeline(Ui& ui, std::string const& key, Rect area, Run const& run, std::string const& zone)
{
    auto const entries = entries_of(run);
    MirrorNode list_node{.role = Role::OrderedList, .key = key, .label = "Steps"};
    MirrorScope const list(ui.mirror, std::move(list_node));
    float y = area.y;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        auto const& entry = entries[i];
        float const height = entry_height(ui, area.w, entry);
        auto const step = key + "-" + std::to_string(i);
        MirrorScope const item(ui.mirror, node_at(Role::Item, step, {area.x, y, area.w, height}));
        if (i + 1 < entries.size())
            ui.fill({area.x + 12, y + 29, 2, height - 32 + 3}, entry.tone == Tone::Ok ? ui.colours.okdot : ui.colours.ctlsoft);
        draw_disc(ui, area.x, y + 13, entry);
        TextStyle const strong{Face::SemiBold, 14, ui.colours.text};
        float const x = area.x + 42;
        paragraph(ui, step + "-title", x, y + 13, entry.title, strong);
        if (!entry.pill.empty()) pill(ui, step + "-state", x + ui.width(entry.title, strong) + 10, y + 13, entry.tone, entry.pill);
        float below = y + 33;
        if (!entry.text.empty())
            below += wrapped(ui, Role::Text, step + "-text", {x, 0, text_width_of(ui, area.w), 0}, below, entry.text,
                {Face::Regular, 13, ui.colours.text2, text_line});
        if (entry.at) {
            TextStyle const quiet{Face::Regular, 12, ui.colours.text3};
            auto const time = ui.clock.time(entry.at, zone, true);
            auto const took = entry.until ? duration(entry.until.milliseconds - entry.at.milliseconds) : std::string();
            if (ui.compact()) {
                paragraph(ui, step + "-time", x, below, took.empty() ? time : time + " · " + took, quiet);
            } else {
                told(ui, Role::Text, step + "-time", {area.right() - 100, y + 4, 100, 18}, time, quiet, true);
                if (!took.empty()) told(ui, Role::Text, step + "-took", {area.right() - 100, y + 24, 100, 18}, took, quiet, true);
            }
        }
        y += height;
    }
}

} // namespace console
