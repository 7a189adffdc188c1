#include "edge-server/config.h"
#include "edge-server/services/outreach.h"
#include "edge-server/services/texts.h"
#include "edge-server/store/opt_out_store.h"
#include "edge-server/store/organization_store.h"
#include "edge-server/store/phone_number_store.h"
#include "shared/base/id.h"
#include "tests/support/temporary.h"

#include <date/tz.h>
#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr std::array<char const*, 5> our_numbers{
    "+16045550101", "+14165550102", "+12065550103", "+15145550104", "+18005550105"}; // the last is the default number
constexpr std::size_t default_sender = our_numbers.size() - 1;

// A customer's number, and every clock that those who have such a number live by: said here again, by hand.
struct Customer {
    std::string number;
    char const* country;
    std::vector<char const*> zones;
};
std::vector<Customer> const customers{
    {"+16045550201", "CA", {"America/Vancouver"}},
    {"+14165550202", "CA", {"America/Toronto"}},
    {"+15145550203", "CA", {"America/Toronto"}},
    {"+19025550204", "CA", {"America/Halifax"}},
    {"+17095550205", "CA", {"America/St_Johns", "America/Goose_Bay"}},
    {"+13065550206", "CA", {"America/Regina", "America/Edmonton", "America/Winnipeg"}}, // the first without summer time
    {"+12065550207", "US", {"America/Los_Angeles"}},
    {"+16025550208", "US", {"America/Phoenix"}},
    {"+12125550209", "US", {"America/New_York"}},
    {"+18505550210", "US", {"America/New_York", "America/Chicago"}}, // two zones: both windows must be open
    {"+18085550211", "US", {"Pacific/Honolulu"}},
    {"+17015550212", "US", {"America/Chicago", "America/Denver"}},
};

bool is_open(Customer const& customer, Time at)
{
    for (auto const* zone : customer.zones) {
        auto const local
            = date::locate_zone(zone)->to_local(date::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(at.milliseconds)));
        auto const day = date::floor<date::days>(local);
        auto const minute = std::chrono::duration_cast<std::chrono::minutes>(local - day).count();
        auto const weekday = date::weekday(day);
        bool const weekend = weekday == date::Saturday || weekday == date::Sunday;
        bool const is_us = std::string(customer.country) == "US";
        auto const opens = is_us ? 8 * 60 : weekend ? 10 * 60 : 9 * 60;
        auto const closes = is_us ? 21 * 60 : weekend ? 18 * 60 : 21 * 60 + 30;
        if (minute < opens || minute >= closes) return false;
    }
    return true;
}

struct Word {
    std::size_t customer;
    std::size_t number; // of ours
    bool is_stop;
    Time at;
};

// The dealerships: two of a group, of which the first counts the other's STOPs; one alone; and one that sends from the default number.
struct World {
    FreshDatabase database;
    Config config;
    std::vector<std::string> organizations;
    std::vector<PhoneNumber> senders;
    std::vector<Word> words; // that we know of
    int sids = 0;

    World()
    {
        config.outbound = "open";
        config.default_number = our_numbers[default_sender];
        auto const long_ago = from_rfc3339("2025-01-01T00:00:00Z");
        database->write(sql::Scope::platform(), [&](sql::Writer& db) {
            db.run("INSERT INTO groups (id, name, created_at) VALUES ('g1', 'Two Rooftops', 1)");
            for (std::size_t i = 0; i < 4; ++i) {
                organizations.push_back(new_id());
                insert_organization(db,
                    {organizations[i], "Dealer", "dealer-" + std::to_string(i), "a@example.com", "", "America/Vancouver", "open",
                        long_ago});
                if (i < 2) db.run("UPDATE organizations SET group_id = 'g1' WHERE id = $1", {organizations[i]});
                PhoneNumber number{new_id(), organizations[i], our_numbers[i], "active", {}, true, "ready", {}, "PN" + new_id(), "AC1", {},
                    {}, {}, long_ago, {}};
                if (i < 3)
                    insert_phone_number(db, number);
                else
                    number = {}, number.phone_number = config.default_number;
                senders.push_back(number);
            }
            db.run("UPDATE organizations SET shares_opt_outs = 1 WHERE id = $1", {organizations[0]});
        });
    }

    std::size_t number_of(std::size_t organization) const { return organization < 3 ? organization : default_sender; }

    // Said again without looking at how the store says it.
    bool may_send(std::size_t organization, std::size_t customer) const
    {
        auto const own = number_of(organization);
        auto const later_start = [&](Word const& stop, std::size_t number) {
            for (auto const& word : words)
                if (!word.is_stop && word.customer == customer && word.number == number && word.at > stop.at) return true;
            return false;
        };
        for (auto const& word : words) {
            if (!word.is_stop || word.customer != customer) continue;
            if (word.number == own && !later_start(word, own)) return false;
            if (organization == 0 && word.number == 1 && !later_start(word, 1) && !later_start(word, own)) return false;
        }
        return true;
    }

    // A text as the poller brings it, with Twilio's own time.
    void take(sql::Writer& db, Word const& word, std::string const& body)
    {
        TwilioText text;
        text.sid = "SM" + std::to_string(++sids);
        text.from_number = customers[word.customer].number;
        text.to_number = our_numbers[word.number];
        text.body = body;
        text.sent_at = word.at;
        take_text(db, config, polled_text_item(text));
    }
};

} // namespace

TEST_CASE("of 100,000 sends over two changes of the clocks none goes out after a STOP, and none outside the recipient's window")
{
    constexpr int sends = 100'000;
    World world;
    std::mt19937 random(7);
    auto const pick = [&](std::size_t below) { return std::uniform_int_distribution<std::size_t>(0, below - 1)(random); };
    constexpr std::array stop_words{"STOP", "please stop texting me", "arrêtez de m'envoyer des textos", "unsubscribe"};
    constexpr std::array start_words{"START", "you can text me again", "UNSTOP"};

    int went = 0, stopped = 0, too_early_or_late = 0, after_stop = 0, outside = 0, refused_wrongly = 0;
    struct Week {
        char const* begins;
        int sends;
    };
    for (auto const& week : {Week{"2026-03-05T00:00:00Z", sends / 2}, {"2026-10-29T00:00:00Z", sends / 2}}) {
        auto at = from_rfc3339(week.begins);
        std::vector<Word> late; // written, and not here yet
        for (int done = 0; done < week.sends;) {
            auto const batch = std::min(500, week.sends - done);
            world.database->write(sql::Scope::platform(), [&](sql::Writer& db) {
                for (int i = 0; i < batch; ++i) {
                    at = at.plus_milliseconds(static_cast<std::int64_t>(pick(2 * 7 * 86'400'000 / (sends / 2))));
                    if (pick(100) == 0) late.push_back({pick(customers.size()), pick(our_numbers.size()), pick(2) == 0, at});
                    if (!late.empty() && pick(150) == 0) { // in any order
                        std::swap(late[pick(late.size())], late.back());
                        auto const word = late.back();
                        late.pop_back();
                        if (word.number == 3) continue; // nobody's number
                        world.take(db, word, word.is_stop ? stop_words[pick(stop_words.size())] : start_words[pick(start_words.size())]);
                        world.words.push_back(word);
                    }
                    auto const organization = pick(world.organizations.size()), to = pick(customers.size());
                    auto const problem = check_outreach(db, world.config, world.organizations[organization], world.senders[organization],
                        customers[to].number, Channel::Call, at);
                    bool const may = world.may_send(organization, to), open = is_open(customers[to], at);
                    if (!problem) {
                        ++went;
                        after_stop += !may;
                        outside += !open;
                    } else if (problem->code == "opted_out") {
                        ++stopped;
                        refused_wrongly += may;
                    } else {
                        REQUIRE(problem->code == "quiet_hours");
                        ++too_early_or_late;
                        refused_wrongly += open;
                    }
                }
            });
            done += batch;
        }
    }
    MESSAGE(went << " went, " << stopped << " were stopped by a STOP, " << too_early_or_late << " by the clock");
    CHECK(after_stop == 0);
    CHECK(outside == 0);
    CHECK(refused_wrongly == 0);
    CHECK(went > sends / 20);
    CHECK(stopped > sends / 20);
    CHECK(too_early_or_late > sends / 20);
}

TEST_CASE("a text that answers one of the last hour may go at night; a STOP that nobody has processed yet counts")
{
    World world;
    auto const night = from_rfc3339("2026-06-10T10:00:00Z"); // 3:00 in Vancouver
    auto const check = [&](Channel channel, Time at) {
        return world.database->read(sql::Scope::platform(), [&](sql::Reader& db) {
            auto const problem
                = check_outreach(db, world.config, world.organizations[0], world.senders[0], customers[0].number, channel, at);
            return problem ? problem->code : std::string("ok");
        });
    };
    CHECK(check(Channel::Text, night) == "quiet_hours");
    world.database->write(sql::Scope::platform(), [&](sql::Writer& db) {
        world.take(db, {0, 0, false, night.plus_seconds(-1800)}, "Are you open tomorrow?");
    });
    CHECK(check(Channel::Text, night) == "ok");
    CHECK(check(Channel::Call, night) == "quiet_hours");
    CHECK(check(Channel::Text, night.plus_seconds(3600)) == "quiet_hours");

    InboxItem stop = text_item({{"MessageSid", "SM1"}, {"From", customers[0].number}, {"To", our_numbers[0]}, {"Body", "Stop texting me"}});
    stop.id = new_id();
    world.database->write(sql::Scope::platform(), [&](sql::Writer& db) { keep_in_inbox(db, stop); });
    CHECK(check(Channel::Text, night) == "opted_out");
}
