#include "shared/domain/destinations.h"

#include <doctest/doctest.h>

#include <vector>

TEST_CASE("only people's geographic numbers of the chosen countries are reached")
{
    std::vector<std::string> const both{"CA", "US"};
    for (auto const* number : {"+16045550142", "+12125550142", "+18195550142", "+19075550142", "+18085550142"})
        CHECK(!check_destination(number, both));

    struct Row {
        char const* what;
        char const* number;
    };
    for (auto const& row : std::vector<Row>{
             {"premium", "+19005550142"},
             {"an N11 code as an area code", "+19115550142"},
             {"an N11 exchange", "+16049110142"},
             {"another N11 exchange", "+12122110142"},
             {"a premium exchange", "+16049760142"},
             {"carriers' own exchange", "+16049500142"},
             {"a test line", "+16049580142"},
             {"directory assistance", "+16045551212"},
             {"an exchange that begins with 1", "+16041550142"},
             {"an exchange that begins with 0", "+16040550142"},
             {"toll-free 800", "+18005550142"},
             {"toll-free 888", "+18885550142"},
             {"toll-free 833", "+18335550142"},
             {"Jamaica", "+18765550142"},
             {"the Bahamas", "+12425550142"},
             {"the Dominican Republic", "+18095550142"},
             {"Bermuda", "+14415550142"},
             {"Puerto Rico", "+17875550142"},
             {"Guam", "+16715550142"},
             {"a personal number", "+15005550142"},
             {"an area code of nobody", "+19995550142"},
             {"a short code", "55501"},
             {"a short code with a plus", "+55501"},
             {"911", "911"},
             {"too short", "+1604555014"},
             {"too long", "+160455501421"},
             {"another country", "+442071838750"},
             {"a withheld number", "+266696687"},
             {"national writing", "(604) 555-0142"},
             {"nothing", ""},
             {"letters", "+1604555CALL"},
         }) {
        CAPTURE(row.what);
        auto const problem = check_destination(row.number, both);
        REQUIRE(problem);
        CHECK(problem->code == "destination_not_allowed");
        CHECK(problem->message.back() == '.');
    }
}

TEST_CASE("a country that is not chosen is not reached")
{
    std::vector<std::string> const canada{"CA"}, states{"US"}, none;
    CHECK(!check_destination("+16045550142", canada));
    CHECK(check_destination("+16045550142", states));
    CHECK(!check_destination("+12125550142", states));
    CHECK(check_destination("+12125550142", canada));
    CHECK(check_destination("+12125550142", none));
}
