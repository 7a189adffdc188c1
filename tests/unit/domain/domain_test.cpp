#include "shared/domain/area_codes.h"
#include "shared/domain/organization.h"
#include "shared/domain/phone_number.h"

#include <doctest/doctest.h>

#include <algorithm>

TEST_CASE("a dealership's name is 1 to 80 printable characters without a variable's braces")
{
    CHECK_FALSE(check_organization_name("Zoë's Autos"));
    CHECK_FALSE(check_organization_name(std::string(80, 'x')));
    for (auto const& bad : {std::string(), std::string("   "), std::string(81, 'x'), std::string("a{{b"), std::string("a\nb"),
             std::string("a\u202Eb"), std::string("a\xFF")})
        CHECK(check_organization_name(bad)->field == "organization_name");
}

TEST_CASE("e-mail addresses")
{
    for (auto const* good : {"john@premiumauto.com", "a.b+c@x.co"})
        CHECK_FALSE(check_email(good));
    for (auto const* bad : {"", "john", "@x.com", "john@", "john@premiumauto", "a@b@c.com", "a b@c.com", "a@x..com", "a@x.c"})
        CHECK(check_email(bad));
    CHECK(check_email(std::string(250, 'a') + "@x.com"));
}

TEST_CASE("a short name has small letters, digits and single hyphens")
{
    for (auto const* good : {"premium-auto-sales", "a1", "99-cars"})
        CHECK_FALSE(check_slug(good));
    for (auto const* bad : {"", "a", "-ab", "ab-", "a--b", "Ab", "a_b", "a b", "é-autos"})
        CHECK(check_slug(bad));
    CHECK(slug_from_name("Premium Auto Sales") == "premium-auto-sales");
    CHECK(slug_from_name("Joe's  Cars & Trucks!") == "joes-cars-trucks");
    CHECK(slug_from_name("Automobiles Québec Ltée") == "automobiles-quebec-ltee");
    CHECK(slug_from_name("***").empty());
}

TEST_CASE("area codes know their country, overlays and neighbours")
{
    REQUIRE(find_area_code("604"));
    CHECK(find_area_code("604")->country == "CA");
    CHECK(find_area_code("206")->region == "WA");
    for (auto const* bad : {"", "999", "12", "4 7", "0604", "abc"})
        CHECK_FALSE(find_area_code(bad));
    auto const overlays = overlays_of("604");
    CHECK(std::find(overlays.begin(), overlays.end(), "778") != overlays.end());
    CHECK(std::find(overlays.begin(), overlays.end(), "604") == overlays.end());
    CHECK(overlays_of("867").empty());
    auto const near = area_codes_near("604");
    CHECK(near.front() == "250");
    for (auto const& code : near)
        CHECK(find_area_code(code)->country == "CA");
}

TEST_CASE("callers without a usable id are told from people")
{
    CHECK(is_usable_caller("+16045550142"));
    for (auto const* bad : {"", "anonymous", "Restricted", "+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253",
             "6045550142", "+0123456789", "+1604555014a"})
        CHECK_FALSE(is_usable_caller(bad));
}
