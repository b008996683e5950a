using System.Globalization;
using System.Text;

namespace Shims.Testing;

/// <summary>A site with statistics: an access log, the distribution's AWStats configured for it, and its database of it.</summary>
public static class AwstatsSite
{
    /// <summary>The program, as the distribution installs it.</summary>
    public const string Program = "/usr/lib/cgi-bin/awstats.pl";

    /// <summary>Makes the statistics of <c>shims.example</c>: one hit every 14 minutes from the first of May 2024, of ten pages by ten visitors.</summary>
    /// <param name="folder">Where the log is written; the configuration goes to <c>awstats</c> in it, with the database.</param>
    /// <param name="hits">Lines of the log.</param>
    /// <param name="programUrl">Where browsers find the program: DirCgi.</param>
    public static async Task MakeAsync(TemporaryFolder folder, int hits, string programUrl)
    {
        var log = new StringBuilder();
        var start = new DateTime(2024, 5, 1, 0, 0, 0, DateTimeKind.Utc);
        for (int hit = 0; hit < hits; hit++)
        {
            string time = start.AddMinutes(hit * 14).ToString("dd/MMM/yyyy:HH:mm:ss +0000", CultureInfo.InvariantCulture);
            log.Append(CultureInfo.InvariantCulture, $"192.0.2.{hit % 10 + 1} - - [{time}] \"GET /page-{hit % 10}.html HTTP/1.1\" 200 {hit + 100} \"-\" \"Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0\"\n");
        }
        string logFile = folder.Write("access.log", log.ToString()), data = folder.MakeFolder("awstats");
        folder.Write("awstats/awstats.shims.example.conf", $"""
            LogFile="{logFile}"
            LogType=W
            LogFormat=1
            SiteDomain="shims.example"
            HostAliases="localhost"
            DNSLookup=0
            DirData="{data}"
            DirCgi="{programUrl}"
            DirIcons="/awstats-icon"

            """);
        await Command.RunAsync("perl", [Program, "-config=shims.example", $"-configdir={data}", "-update"]);
    }
}
