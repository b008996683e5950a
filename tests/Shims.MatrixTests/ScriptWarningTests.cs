namespace Shims.MatrixTests;

/// <summary>A script's warnings never cost its page, behind the buffers that each web server has by default.</summary>
public sealed class ScriptWarningTests
{
    /// <summary>The page comes after so many bytes of warnings before the header, within it and after it, as the query says.</summary>
    private const string Script = """
        #!/usr/bin/perl
        my ($before, $inside, $after) = split /,/, $ENV{QUERY_STRING};
        sub warn_of { my $size = shift; print STDERR "w" x ($size - 1), "\n" if $size > 0 }
        $| = 1;
        warn_of($before);
        print "Content-Type: text/plain\n";
        warn_of($inside);
        print "X-Some: header of ordinary length, such as a cookie or a policy\n\n";
        print "the page\n";
        warn_of($after);
        """;

    public static TheoryData<string> Rows => ["nginx-fcgi", "nginx-fcgi-keep", "apache-fcgi", "lighttpd-fcgi", "haproxy", "caddy"];

    [Theory, MemberData(nameof(Rows)), Trait("fault", "N3")]
    public async Task Any_amount_of_warnings_leaves_the_page_whole(string row)
    {
        Front front = Fronts.Named(row);
        Requires.Tools(front.Product.Program, "curl");
        using var scripts = new TemporaryFolder();
        scripts.WriteScript("warn.pl", Script);
        await using RunningFront running = await RunningFront.StartAsync(front, scripts.Path);
        foreach (int amount in (int[])[100, 3800, 3999, 4200, 8000, 65_536, 200_000])
        {
            foreach (string query in (string[])[$"{amount},0,0", $"0,{amount},0", $"0,0,{amount}", $"{amount},{amount},{amount}"])
            {
                for (int i = 0; i < TestExtent.Of(1, 40); i++)
                {
                    CurlResult result = await Curl.RunAsync(scripts, running.UrlOf($"warn.pl?{query}"));
                    Assert.True(result is { Status: 200, Text: "the page\n", ExitCode: 0 }, $"{query}, {i}: {result}\n{running.Log[..Math.Min(running.Log.Length, 2000)]}");
                }
            }
        }
    }
}
