#include "shared/domain/area_codes.h"

#include <algorithm>
#include <cmath>

namespace {

// One row is one numbering plan area with its overlays, as assigned by the North American Numbering Plan.
struct Area {
    std::string_view codes; // separated by a space; the oldest first
    std::string_view country;
    std::string_view region;
    std::string_view place;
    std::string_view time_zone;
    double latitude;
    double longitude;
};

constexpr std::string_view pacific = "America/Los_Angeles", mountain = "America/Denver", central = "America/Chicago",
                           eastern = "America/New_York", vancouver = "America/Vancouver", edmonton = "America/Edmonton",
                           regina = "America/Regina", winnipeg = "America/Winnipeg", toronto = "America/Toronto",
                           montreal = "America/Toronto", halifax = "America/Halifax";

constexpr Area areas[] = {
    // Canada
    {"604 778 236 672 257", "CA", "BC", "Vancouver", vancouver, 49.28, -123.12},
    {"250 778 236 672 257", "CA", "BC", "Victoria", vancouver, 48.43, -123.37},
    {"403 587 825 368", "CA", "AB", "Calgary", edmonton, 51.05, -114.07},
    {"780 587 825 368", "CA", "AB", "Edmonton", edmonton, 53.55, -113.49},
    {"306 639 474", "CA", "SK", "Saskatoon", regina, 52.13, -106.67},
    {"204 431 584", "CA", "MB", "Winnipeg", winnipeg, 49.90, -97.14},
    {"416 647 437 942", "CA", "ON", "Toronto", toronto, 43.65, -79.38},
    {"905 289 365 742", "CA", "ON", "Mississauga", toronto, 43.59, -79.64},
    {"519 226 548 382", "CA", "ON", "London", toronto, 42.98, -81.25},
    {"613 343 753", "CA", "ON", "Ottawa", toronto, 45.42, -75.70},
    {"705 249 683", "CA", "ON", "Sudbury", toronto, 46.49, -80.99},
    {"807", "CA", "ON", "Thunder Bay", toronto, 48.38, -89.25},
    {"514 438 263", "CA", "QC", "Montreal", montreal, 45.50, -73.57},
    {"450 579 354", "CA", "QC", "Laval", montreal, 45.61, -73.71},
    {"418 581 367", "CA", "QC", "Quebec City", montreal, 46.81, -71.21},
    {"819 873 468", "CA", "QC", "Gatineau", montreal, 45.48, -75.70},
    {"506 428", "CA", "NB", "Moncton", "America/Moncton", 46.09, -64.77},
    {"902 782", "CA", "NS", "Halifax", halifax, 44.65, -63.57},
    {"709 879", "CA", "NL", "St. John's", "America/St_Johns", 47.56, -52.71},
    {"867", "CA", "YT", "Whitehorse", "America/Whitehorse", 60.72, -135.06},
    // United States
    {"205 659", "US", "AL", "Birmingham", central, 33.52, -86.80},
    {"251", "US", "AL", "Mobile", central, 30.69, -88.04},
    {"256 938", "US", "AL", "Huntsville", central, 34.73, -86.59},
    {"334", "US", "AL", "Montgomery", central, 32.37, -86.30},
    {"907", "US", "AK", "Anchorage", "America/Anchorage", 61.22, -149.90},
    {"480", "US", "AZ", "Scottsdale", "America/Phoenix", 33.49, -111.93},
    {"520", "US", "AZ", "Tucson", "America/Phoenix", 32.22, -110.97},
    {"602", "US", "AZ", "Phoenix", "America/Phoenix", 33.45, -112.07},
    {"623", "US", "AZ", "Glendale", "America/Phoenix", 33.54, -112.19},
    {"928", "US", "AZ", "Flagstaff", "America/Phoenix", 35.20, -111.65},
    {"479", "US", "AR", "Fort Smith", central, 35.39, -94.40},
    {"501", "US", "AR", "Little Rock", central, 34.75, -92.29},
    {"870 327", "US", "AR", "Jonesboro", central, 35.84, -90.70},
    {"209 350", "US", "CA", "Stockton", pacific, 37.96, -121.29},
    {"213 323 738", "US", "CA", "Los Angeles", pacific, 34.05, -118.24},
    {"310 424", "US", "CA", "Santa Monica", pacific, 34.02, -118.49},
    {"408 669", "US", "CA", "San Jose", pacific, 37.34, -121.89},
    {"415 628", "US", "CA", "San Francisco", pacific, 37.77, -122.42},
    {"442 760", "US", "CA", "Oceanside", pacific, 33.20, -117.38},
    {"510 341", "US", "CA", "Oakland", pacific, 37.80, -122.27},
    {"530 837", "US", "CA", "Redding", pacific, 40.59, -122.39},
    {"559 357", "US", "CA", "Fresno", pacific, 36.74, -119.79},
    {"562", "US", "CA", "Long Beach", pacific, 33.77, -118.19},
    {"619 858", "US", "CA", "San Diego", pacific, 32.72, -117.16},
    {"626", "US", "CA", "Pasadena", pacific, 34.15, -118.14},
    {"650", "US", "CA", "Palo Alto", pacific, 37.44, -122.14},
    {"657 714", "US", "CA", "Anaheim", pacific, 33.84, -117.91},
    {"661", "US", "CA", "Bakersfield", pacific, 35.37, -119.02},
    {"707 369", "US", "CA", "Santa Rosa", pacific, 38.44, -122.71},
    {"805 820", "US", "CA", "Oxnard", pacific, 34.20, -119.18},
    {"818 747", "US", "CA", "Burbank", pacific, 34.18, -118.31},
    {"831", "US", "CA", "Salinas", pacific, 36.68, -121.66},
    {"909 840", "US", "CA", "San Bernardino", pacific, 34.11, -117.29},
    {"916 279", "US", "CA", "Sacramento", pacific, 38.58, -121.49},
    {"925", "US", "CA", "Concord", pacific, 37.98, -122.03},
    {"949", "US", "CA", "Irvine", pacific, 33.68, -117.83},
    {"951", "US", "CA", "Riverside", pacific, 33.95, -117.40},
    {"303 720 983", "US", "CO", "Denver", mountain, 39.74, -104.99},
    {"719", "US", "CO", "Colorado Springs", mountain, 38.83, -104.82},
    {"970 748", "US", "CO", "Fort Collins", mountain, 40.59, -105.08},
    {"203 475", "US", "CT", "Bridgeport", eastern, 41.18, -73.19},
    {"860 959", "US", "CT", "Hartford", eastern, 41.77, -72.67},
    {"302", "US", "DE", "Wilmington", eastern, 39.74, -75.55},
    {"202 771", "US", "DC", "Washington", eastern, 38.91, -77.04},
    {"239", "US", "FL", "Cape Coral", eastern, 26.56, -81.95},
    {"305 786 645", "US", "FL", "Miami", eastern, 25.76, -80.19},
    {"321", "US", "FL", "Melbourne", eastern, 28.08, -80.61},
    {"352", "US", "FL", "Gainesville", eastern, 29.65, -82.32},
    {"386", "US", "FL", "Daytona Beach", eastern, 29.21, -81.02},
    {"407 689", "US", "FL", "Orlando", eastern, 28.54, -81.38},
    {"561 728", "US", "FL", "West Palm Beach", eastern, 26.71, -80.05},
    {"727", "US", "FL", "St. Petersburg", eastern, 27.77, -82.64},
    {"754 954", "US", "FL", "Fort Lauderdale", eastern, 26.12, -80.14},
    {"772", "US", "FL", "Port St. Lucie", eastern, 27.27, -80.36},
    {"813 656", "US", "FL", "Tampa", eastern, 27.95, -82.46},
    {"850 448", "US", "FL", "Tallahassee", eastern, 30.44, -84.28},
    {"863", "US", "FL", "Lakeland", eastern, 28.04, -81.95},
    {"904 324", "US", "FL", "Jacksonville", eastern, 30.33, -81.66},
    {"941", "US", "FL", "Sarasota", eastern, 27.34, -82.53},
    {"229", "US", "GA", "Albany", eastern, 31.58, -84.16},
    {"404 470 678 943", "US", "GA", "Atlanta", eastern, 33.75, -84.39},
    {"478", "US", "GA", "Macon", eastern, 32.84, -83.63},
    {"706 762", "US", "GA", "Augusta", eastern, 33.47, -81.97},
    {"770 678 470 943", "US", "GA", "Marietta", eastern, 33.95, -84.55},
    {"912 565", "US", "GA", "Savannah", eastern, 32.08, -81.09},
    {"808", "US", "HI", "Honolulu", "Pacific/Honolulu", 21.31, -157.86},
    {"208 986", "US", "ID", "Boise", "America/Boise", 43.62, -116.20},
    {"217 447", "US", "IL", "Springfield", central, 39.78, -89.65},
    {"309 861", "US", "IL", "Peoria", central, 40.69, -89.59},
    {"312 872", "US", "IL", "Chicago", central, 41.88, -87.63},
    {"331 630", "US", "IL", "Aurora", central, 41.76, -88.32},
    {"618 730", "US", "IL", "Belleville", central, 38.52, -89.98},
    {"708 464", "US", "IL", "Cicero", central, 41.85, -87.75},
    {"773 872", "US", "IL", "Chicago", central, 41.88, -87.70},
    {"815 779", "US", "IL", "Rockford", central, 42.27, -89.09},
    {"847 224", "US", "IL", "Elgin", central, 42.04, -88.28},
    {"219", "US", "IN", "Gary", central, 41.59, -87.35},
    {"260", "US", "IN", "Fort Wayne", "America/Indiana/Indianapolis", 41.08, -85.14},
    {"317 463", "US", "IN", "Indianapolis", "America/Indiana/Indianapolis", 39.77, -86.16},
    {"574", "US", "IN", "South Bend", "America/Indiana/Indianapolis", 41.68, -86.25},
    {"765", "US", "IN", "Muncie", "America/Indiana/Indianapolis", 40.19, -85.39},
    {"812 930", "US", "IN", "Evansville", central, 37.97, -87.56},
    {"319", "US", "IA", "Cedar Rapids", central, 41.98, -91.67},
    {"515", "US", "IA", "Des Moines", central, 41.59, -93.62},
    {"563", "US", "IA", "Davenport", central, 41.52, -90.58},
    {"641", "US", "IA", "Mason City", central, 43.15, -93.20},
    {"712", "US", "IA", "Sioux City", central, 42.50, -96.40},
    {"316", "US", "KS", "Wichita", central, 37.69, -97.34},
    {"620", "US", "KS", "Hutchinson", central, 38.06, -97.93},
    {"785", "US", "KS", "Topeka", central, 39.05, -95.68},
    {"913", "US", "KS", "Overland Park", central, 38.98, -94.67},
    {"270 364", "US", "KY", "Bowling Green", central, 36.99, -86.44},
    {"502", "US", "KY", "Louisville", eastern, 38.25, -85.76},
    {"606", "US", "KY", "Ashland", eastern, 38.48, -82.64},
    {"859", "US", "KY", "Lexington", eastern, 38.04, -84.50},
    {"225", "US", "LA", "Baton Rouge", central, 30.45, -91.19},
    {"318", "US", "LA", "Shreveport", central, 32.53, -93.75},
    {"337", "US", "LA", "Lafayette", central, 30.22, -92.02},
    {"504", "US", "LA", "New Orleans", central, 29.95, -90.07},
    {"985", "US", "LA", "Houma", central, 29.60, -90.72},
    {"207", "US", "ME", "Portland", eastern, 43.66, -70.26},
    {"240 301 227", "US", "MD", "Germantown", eastern, 39.17, -77.27},
    {"410 443 667", "US", "MD", "Baltimore", eastern, 39.29, -76.61},
    {"339 781", "US", "MA", "Waltham", eastern, 42.38, -71.24},
    {"351 978", "US", "MA", "Lowell", eastern, 42.63, -71.32},
    {"413", "US", "MA", "Springfield", eastern, 42.10, -72.59},
    {"508 774", "US", "MA", "Worcester", eastern, 42.26, -71.80},
    {"617 857", "US", "MA", "Boston", eastern, 42.36, -71.06},
    {"231", "US", "MI", "Muskegon", "America/Detroit", 43.23, -86.25},
    {"248 947", "US", "MI", "Troy", "America/Detroit", 42.61, -83.15},
    {"269", "US", "MI", "Kalamazoo", "America/Detroit", 42.29, -85.59},
    {"313 679", "US", "MI", "Detroit", "America/Detroit", 42.33, -83.05},
    {"517", "US", "MI", "Lansing", "America/Detroit", 42.73, -84.56},
    {"586", "US", "MI", "Warren", "America/Detroit", 42.51, -83.01},
    {"616", "US", "MI", "Grand Rapids", "America/Detroit", 42.96, -85.67},
    {"734", "US", "MI", "Ann Arbor", "America/Detroit", 42.28, -83.74},
    {"810", "US", "MI", "Flint", "America/Detroit", 43.01, -83.69},
    {"906", "US", "MI", "Marquette", "America/Detroit", 46.54, -87.40},
    {"989", "US", "MI", "Saginaw", "America/Detroit", 43.42, -83.95},
    {"218", "US", "MN", "Duluth", central, 46.79, -92.10},
    {"320", "US", "MN", "St. Cloud", central, 45.56, -94.16},
    {"507 924", "US", "MN", "Rochester", central, 44.02, -92.47},
    {"612", "US", "MN", "Minneapolis", central, 44.98, -93.27},
    {"651", "US", "MN", "St. Paul", central, 44.95, -93.09},
    {"763", "US", "MN", "Brooklyn Park", central, 45.09, -93.36},
    {"952", "US", "MN", "Bloomington", central, 44.84, -93.30},
    {"228", "US", "MS", "Gulfport", central, 30.37, -89.09},
    {"601 769", "US", "MS", "Jackson", central, 32.30, -90.18},
    {"662", "US", "MS", "Tupelo", central, 34.26, -88.70},
    {"314 557", "US", "MO", "St. Louis", central, 38.63, -90.20},
    {"417", "US", "MO", "Springfield", central, 37.21, -93.29},
    {"573 235", "US", "MO", "Columbia", central, 38.95, -92.33},
    {"636", "US", "MO", "O'Fallon", central, 38.81, -90.70},
    {"660", "US", "MO", "Sedalia", central, 38.70, -93.23},
    {"816 975", "US", "MO", "Kansas City", central, 39.10, -94.58},
    {"406", "US", "MT", "Billings", mountain, 45.78, -108.50},
    {"308", "US", "NE", "Grand Island", central, 40.93, -98.34},
    {"402 531", "US", "NE", "Omaha", central, 41.26, -95.93},
    {"702 725", "US", "NV", "Las Vegas", pacific, 36.17, -115.14},
    {"775", "US", "NV", "Reno", pacific, 39.53, -119.81},
    {"603", "US", "NH", "Manchester", eastern, 43.00, -71.45},
    {"201 551", "US", "NJ", "Jersey City", eastern, 40.73, -74.08},
    {"609 640", "US", "NJ", "Trenton", eastern, 40.22, -74.74},
    {"732 848", "US", "NJ", "Edison", eastern, 40.52, -74.41},
    {"856", "US", "NJ", "Camden", eastern, 39.94, -75.12},
    {"862 973", "US", "NJ", "Newark", eastern, 40.74, -74.17},
    {"908", "US", "NJ", "Elizabeth", eastern, 40.66, -74.21},
    {"505", "US", "NM", "Albuquerque", mountain, 35.08, -106.65},
    {"575", "US", "NM", "Las Cruces", mountain, 32.32, -106.76},
    {"212 646 332 917", "US", "NY", "New York", eastern, 40.71, -74.01},
    {"315 680", "US", "NY", "Syracuse", eastern, 43.05, -76.15},
    {"347 718 929 917", "US", "NY", "Brooklyn", eastern, 40.65, -73.95},
    {"516 363", "US", "NY", "Hempstead", eastern, 40.71, -73.62},
    {"518 838", "US", "NY", "Albany", eastern, 42.65, -73.76},
    {"585", "US", "NY", "Rochester", eastern, 43.16, -77.61},
    {"607", "US", "NY", "Binghamton", eastern, 42.10, -75.91},
    {"631 934", "US", "NY", "Brentwood", eastern, 40.78, -73.25},
    {"716 624", "US", "NY", "Buffalo", eastern, 42.89, -78.88},
    {"845 329", "US", "NY", "New City", eastern, 41.15, -73.99},
    {"914", "US", "NY", "Yonkers", eastern, 40.93, -73.90},
    {"252", "US", "NC", "Greenville", eastern, 35.61, -77.37},
    {"336 743", "US", "NC", "Greensboro", eastern, 36.07, -79.79},
    {"704 980", "US", "NC", "Charlotte", eastern, 35.23, -80.84},
    {"828", "US", "NC", "Asheville", eastern, 35.60, -82.55},
    {"910 472", "US", "NC", "Fayetteville", eastern, 35.05, -78.88},
    {"919 984", "US", "NC", "Raleigh", eastern, 35.78, -78.64},
    {"701", "US", "ND", "Fargo", central, 46.88, -96.79},
    {"216", "US", "OH", "Cleveland", eastern, 41.50, -81.69},
    {"220 740", "US", "OH", "Newark", eastern, 40.06, -82.40},
    {"234 330", "US", "OH", "Akron", eastern, 41.08, -81.52},
    {"380 614", "US", "OH", "Columbus", eastern, 39.96, -83.00},
    {"419 567", "US", "OH", "Toledo", eastern, 41.65, -83.54},
    {"440 436", "US", "OH", "Parma", eastern, 41.40, -81.72},
    {"513 283", "US", "OH", "Cincinnati", eastern, 39.10, -84.51},
    {"937 326", "US", "OH", "Dayton", eastern, 39.76, -84.19},
    {"405 572", "US", "OK", "Oklahoma City", central, 35.47, -97.52},
    {"539 918", "US", "OK", "Tulsa", central, 36.15, -95.99},
    {"580", "US", "OK", "Lawton", central, 34.61, -98.39},
    {"458 541", "US", "OR", "Eugene", pacific, 44.05, -123.09},
    {"503 971", "US", "OR", "Portland", pacific, 45.52, -122.68},
    {"215 267 445", "US", "PA", "Philadelphia", eastern, 39.95, -75.17},
    {"223 717", "US", "PA", "Lancaster", eastern, 40.04, -76.31},
    {"272 570", "US", "PA", "Scranton", eastern, 41.41, -75.66},
    {"412 878", "US", "PA", "Pittsburgh", eastern, 40.44, -79.99},
    {"484 610 835", "US", "PA", "Allentown", eastern, 40.60, -75.47},
    {"724 878", "US", "PA", "New Castle", eastern, 41.00, -80.35},
    {"814 582", "US", "PA", "Erie", eastern, 42.13, -80.09},
    {"401", "US", "RI", "Providence", eastern, 41.82, -71.41},
    {"803 839", "US", "SC", "Columbia", eastern, 34.00, -81.03},
    {"843 854", "US", "SC", "Charleston", eastern, 32.78, -79.93},
    {"864", "US", "SC", "Greenville", eastern, 34.85, -82.40},
    {"605", "US", "SD", "Sioux Falls", central, 43.55, -96.73},
    {"423", "US", "TN", "Chattanooga", eastern, 35.05, -85.31},
    {"615 629", "US", "TN", "Nashville", central, 36.16, -86.78},
    {"731", "US", "TN", "Jackson", central, 35.61, -88.81},
    {"865", "US", "TN", "Knoxville", eastern, 35.96, -83.92},
    {"901", "US", "TN", "Memphis", central, 35.15, -90.05},
    {"931", "US", "TN", "Clarksville", central, 36.53, -87.36},
    {"210 726", "US", "TX", "San Antonio", central, 29.42, -98.49},
    {"214 469 972 945", "US", "TX", "Dallas", central, 32.78, -96.80},
    {"254", "US", "TX", "Killeen", central, 31.12, -97.73},
    {"325", "US", "TX", "Abilene", central, 32.45, -99.73},
    {"346 713 281 832 621", "US", "TX", "Houston", central, 29.76, -95.37},
    {"361", "US", "TX", "Corpus Christi", central, 27.80, -97.40},
    {"409", "US", "TX", "Beaumont", central, 30.08, -94.13},
    {"430 903", "US", "TX", "Tyler", central, 32.35, -95.30},
    {"432", "US", "TX", "Midland", central, 32.00, -102.08},
    {"512 737", "US", "TX", "Austin", central, 30.27, -97.74},
    {"682 817", "US", "TX", "Fort Worth", central, 32.76, -97.33},
    {"806", "US", "TX", "Lubbock", central, 33.58, -101.86},
    {"830", "US", "TX", "New Braunfels", central, 29.70, -98.12},
    {"915", "US", "TX", "El Paso", mountain, 31.76, -106.49},
    {"936", "US", "TX", "Conroe", central, 30.31, -95.46},
    {"940", "US", "TX", "Denton", central, 33.21, -97.13},
    {"956", "US", "TX", "Laredo", central, 27.51, -99.51},
    {"979", "US", "TX", "College Station", central, 30.63, -96.33},
    {"385 801", "US", "UT", "Salt Lake City", mountain, 40.76, -111.89},
    {"435", "US", "UT", "St. George", mountain, 37.10, -113.58},
    {"802", "US", "VT", "Burlington", eastern, 44.48, -73.21},
    {"276", "US", "VA", "Bristol", eastern, 36.60, -82.19},
    {"434", "US", "VA", "Lynchburg", eastern, 37.41, -79.14},
    {"540 826", "US", "VA", "Roanoke", eastern, 37.27, -79.94},
    {"571 703", "US", "VA", "Arlington", eastern, 38.88, -77.10},
    {"757 948", "US", "VA", "Virginia Beach", eastern, 36.85, -75.98},
    {"804 686", "US", "VA", "Richmond", eastern, 37.54, -77.44},
    {"206", "US", "WA", "Seattle", pacific, 47.61, -122.33},
    {"253", "US", "WA", "Tacoma", pacific, 47.25, -122.44},
    {"360 564", "US", "WA", "Vancouver", pacific, 45.63, -122.66},
    {"425", "US", "WA", "Bellevue", pacific, 47.61, -122.20},
    {"509", "US", "WA", "Spokane", pacific, 47.66, -117.43},
    {"304 681", "US", "WV", "Charleston", eastern, 38.35, -81.63},
    {"262", "US", "WI", "Kenosha", central, 42.58, -87.82},
    {"414", "US", "WI", "Milwaukee", central, 43.04, -87.91},
    {"534 715", "US", "WI", "Eau Claire", central, 44.81, -91.50},
    {"608 353", "US", "WI", "Madison", central, 43.07, -89.40},
    {"920 274", "US", "WI", "Green Bay", central, 44.51, -88.01},
    {"307", "US", "WY", "Cheyenne", mountain, 41.14, -104.82},
};

bool has_code(Area const& area, std::string_view code)
{
    return code.size() == 3 && code.find(' ') == std::string_view::npos && area.codes.find(code) != std::string_view::npos;
}

Area const* area_of(std::string_view code)
{
    auto const* found = std::find_if(std::begin(areas), std::end(areas), [&](Area const& area) { return has_code(area, code); });
    return found == std::end(areas) ? nullptr : found;
}

template <typename F>
void each_code(Area const& area, F&& f)
{
    for (std::size_t start = 0; start < area.codes.size(); start += 4)
        f(area.codes.substr(start, 3));
}

void add_new(std::vector<std::string>& list, std::string_view code)
{
    if (std::find(list.begin(), list.end(), code) == list.end()) list.emplace_back(code);
}

} // namespace

std::optional<AreaCode> find_area_code(std::string_view code)
{
    auto const* area = area_of(code);
    if (!area) return {};
    return AreaCode{code, area->country, area->region, area->place, area->time_zone, area->latitude, area->longitude};
}

std::vector<std::string> overlays_of(std::string_view code)
{
    std::vector<std::string> overlays;
    if (auto const* area = area_of(code))
        each_code(*area, [&](std::string_view other) {
            if (other != code) add_new(overlays, other);
        });
    return overlays;
}

std::vector<std::string> area_codes_of_region(std::string_view country, std::string_view region)
{
    std::vector<std::string> codes;
    for (auto const& area : areas)
        if (area.country == country && area.region == region) each_code(area, [&](std::string_view code) { add_new(codes, code); });
    return codes;
}

std::vector<std::string> area_codes_near(std::string_view code)
{
    auto const* here = area_of(code);
    if (!here) return {};
    std::vector<Area const*> others;
    for (auto const& area : areas)
        if (area.country == here->country && !has_code(area, code)) others.push_back(&area);
    auto const distance = [&](Area const* area) {
        auto const east = (area->longitude - here->longitude) * std::cos(here->latitude * 3.14159265 / 180);
        return std::hypot(area->latitude - here->latitude, east);
    };
    std::stable_sort(others.begin(), others.end(), [&](auto const* a, auto const* b) { return distance(a) < distance(b); });
    std::vector<std::string> codes;
    for (auto const* area : others)
        each_code(*area, [&](std::string_view other) {
            if (!has_code(*here, other)) add_new(codes, other);
        });
    return codes;
}
