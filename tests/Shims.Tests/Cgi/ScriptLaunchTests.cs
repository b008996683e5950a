using Shims.Cgi;

namespace Shims.Tests.Cgi;

public sealed class ScriptLaunchTests
{
    private static readonly RequestBlock s_request = new()
    {
        { "REQUEST_METHOD", "GET" }, { "REQUEST_URI", "/app/x%20y?q" }, { "SCRIPT_NAME", "/app" }, { "PATH_INFO", "/x y" }, { "QUERY_STRING", "q" }, { "DOCUMENT_ROOT", "/srv" },
        { "HTTP_X", "1" }, { "HTTP_X", "2" },
    };

    [Fact]
    public void Argument_zero_is_the_script_and_the_command_lines_arguments_follow()
    {
        using var target = new CommandLineTarget("/opt/a.cgi", "one", "", "two words");
        Assert.Equal(["/opt/a.cgi", "one", "", "two words"], PreparedScript.For(target, s_request).Arguments);
    }

    [Theory]
    [InlineData("-s")]
    [InlineData("-d+allow_url_include%3d1")]
    [InlineData("a+b")]
    [InlineData("%ADd")]
    public void The_query_never_becomes_an_argument(string query)
    {
        using var target = new CommandLineTarget("/opt/a.cgi");
        Assert.Equal(["/opt/a.cgi"], PreparedScript.For(target, new() { { "QUERY_STRING", query }, { "REQUEST_URI", "/a.cgi?" + query } }).Arguments);
    }

    [Theory]
    [InlineData("/opt/a.cgi", "/opt")]
    [InlineData("/a.cgi", "/")]
    [InlineData("/opt/b/a.cgi", "/opt/b")]
    public void The_working_directory_is_the_scripts(string path, string directory)
    {
        using var target = new CommandLineTarget(path);
        Assert.Equal(directory, PreparedScript.For(target, s_request).Directory);
    }

    [Fact]
    public void The_memory_that_is_reckoned_suffices_for_every_header_that_is_accepted()
    {
        using var target = new CommandLineTarget("/opt/a.cgi");
        string longest = new('x', 120 * 1024);
        foreach (RequestBlock request in new RequestBlock[]
        {
            new() { { "REQUEST_URI", "/a.cgi/" + longest }, { "SCRIPT_NAME", "/a.cgi" }, { "PATH_INFO", "/" + longest }, { "DOCUMENT_ROOT", "/srv" } },
            new() { { "REQUEST_URI", "/a.cgi/" + longest.Replace("x", "%78", StringComparison.Ordinal) }, { "PATH_INFO", "/" + longest } },
            new() { { "HTTP_X", longest }, { "HTTP_X", longest } },
            new() { { "DOCUMENT_ROOT", longest }, { "PATH_INFO", "/" + longest } },
            Many(1024, ""), Many(1024, new string('v', 200)),
        })
            Assert.Equal(Resolution.Found, PreparedScript.For(target, request).Resolution);
    }

    [Fact]
    public void The_reckoned_memory_suffices_for_what_a_directory_of_scripts_tries_too()
    {
        using var target = new CommandLineTarget("/nowhere/");
        string longest = "/" + new string('x', 60 * 1024);
        var request = new RequestBlock { { "SCRIPT_FILENAME", "proxy:fcgi://h" + longest }, { "SCRIPT_NAME", longest }, { "DOCUMENT_ROOT", longest }, { "PATH_INFO", longest } };
        Assert.NotEqual(Resolution.TooLong, PreparedScript.For(target, request).Resolution);
    }

    [Fact]
    public void In_any_smaller_memory_it_finds_out_and_never_writes_past_the_end()
    {
        using var target = new CommandLineTarget("/opt/a.cgi", "one");
        byte[] payload = s_request.ToPayload();
        PreparedScript whole = PreparedScript.For(target, payload, 64 * 1024);
        bool hasFitted = false;
        for (int size = 0; size < 8 * 1024; size++)
        {
            PreparedScript script = PreparedScript.For(target, payload, size);
            Assert.True(script.Resolution is Resolution.TooLong or Resolution.Found, $"{size} bytes: {script.Resolution}");
            Assert.False(hasFitted && script.Resolution != Resolution.Found, $"fits into fewer than {size} bytes");
            hasFitted = script.Resolution == Resolution.Found;
            if (hasFitted)
                Assert.Equal(whole.Environment, script.Environment);
        }
        Assert.True(hasFitted);
    }

    [Fact]
    public void Settings_have_room_however_long_they_are()
    {
        using var target = new CommandLineTarget("/opt/a.cgi");
        var policy = new EnvironmentPolicy(set: [.. Enumerable.Range(0, 100).Select(number => Latin1.Bytes($"SETTING{number}={new string('x', 10_000)}"))]);
        PreparedScript script = PreparedScript.For(target, s_request, policy);
        Assert.Equal(Resolution.Found, script.Resolution);
        Assert.Equal(10_000, script["SETTING99"]!.Length);
    }

    [Fact]
    public void Every_string_of_the_environment_is_a_name_and_a_value()
    {
        using var target = new CommandLineTarget("/opt/a.cgi");
        foreach (string path in new[] { "/x%00LD_PRELOAD=evil", "/%00", "/x%00y%00z", "%00" })
        {
            foreach (string name in new[] { "", "/app" })
            {
                var request = new RequestBlock { { "REQUEST_URI", "/app" + path }, { "SCRIPT_NAME", name }, { "PATH_INFO", path } };
                PreparedScript script = PreparedScript.For(target, request);
                Assert.All(script.Environment, variable => Assert.InRange(variable.IndexOf('=', StringComparison.Ordinal), 1, int.MaxValue));
                Assert.DoesNotContain(script.Environment, variable => variable.StartsWith("LD_", StringComparison.Ordinal));
            }
        }
    }

    private static RequestBlock Many(int count, string value)
    {
        var block = new RequestBlock();
        for (int i = 0; i < count; i++)
            block.Add($"HTTP_V{i}", value);
        return block;
    }
}
