using Shims.Diagnostics;
using Shims.Hosting;
using Shims.Testing;

namespace Shims.Tests.Hosting;

public sealed class ShimSettingsTests
{
    [Fact]
    public void The_options_of_the_gateways_are_taken_out_of_the_command_line_and_the_rest_stays()
    {
        string[] args = ["notes.db", "--idle", "60", "--max-body=1M", "-x", "--trust-request-id", "--timeout", "5", "--errors", "browser",
            "--mount", "/notes", "--status-path", "/shims-status", "--ping-path=/ping", "--max", "3", "--header-timeout", "7", "--finish-time", "8", "--max-header", "64K", "--stderr", "null",
            "--", "--idle", "1"];
        ShimOptions options = ShimSettings.Take(ref args, new ShimOptions { MaxConcurrentHandlers = 9 });
        Assert.Equal(["notes.db", "-x", "--idle", "1"], args);
        Assert.Equal((TimeSpan.FromSeconds(60), 1L << 20, TimeSpan.FromSeconds(5), ErrorAudience.Browser, "/notes", 3),
            (options.IdleTimeout, options.MaxBodySize, options.HandlerTimeout, options.ErrorsTo, options.MountPath,
                options.MaxConcurrentRequests));
        Assert.True(options.TrustRequestId);
        Assert.Equal(("/shims-status", "/ping"), (options.StatusPath, options.PingPath));
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(8), 64 << 10, "null", 9),
            (options.HeaderTimeout, options.FinishTime, options.MaxHeaderSize, options.StandardError, options.MaxConcurrentHandlers));
    }

    [Theory]
    [InlineData("--idle", null, "--idle needs a value after it")]
    [InlineData("--idle", "soon", "--idle takes a whole number: write for example --idle 30")]
    [InlineData("--idle", "-1", "--idle takes a whole number")]
    [InlineData("--max-body", "1T", "--max-body takes bytes, or a number with K, M or G")]
    [InlineData("--errors", "nowhere", "--errors takes log or browser")]
    [InlineData("--status-path", "status", "--status-path takes a path that begins with a slash")]
    [InlineData("--ping-path", "", "--ping-path takes a path that begins with a slash")]
    [InlineData("--mount", "notes", "--mount takes a path that begins with a slash")]
    [InlineData("--protocol", "http", "--protocol takes scgi, fastcgi, uwsgi, ajp13, or several of them with commas between")]
    [InlineData("--protocol", "scgi,", "--protocol takes scgi, fastcgi, uwsgi, ajp13, or several of them with commas between")]
    public void A_value_that_is_wrong_is_refused_with_what_is_right(string name, string? value, string expected)
    {
        string[] args = value is null ? [name] : [name, value];
        ShimException fault = Assert.Throws<ShimException>(() => ShimSettings.Take(ref args, new ShimOptions()));
        Assert.Equal(ExitCode.Usage, fault.ExitCode);
        Assert.StartsWith(expected, fault.Message);
    }

    [Fact]
    public void Protocols_are_taken_away_by_naming_those_that_stay()
    {
        Assert.Equal(ShimProtocols.Scgi | ShimProtocols.FastCgi | ShimProtocols.Uwsgi, new ShimOptions().Protocols);
        string[] args = ["--protocol", "scgi,uwsgi"];
        Assert.Equal(ShimProtocols.Scgi | ShimProtocols.Uwsgi, ShimSettings.Take(ref args, new ShimOptions()).Protocols);
        Assert.Equal(["scgi", "uwsgi"], ShimProtocolNames.Spoken(ShimProtocols.Scgi | ShimProtocols.Uwsgi).Select(protocol => protocol.Word));
        Assert.Throws<ArgumentException>(() => ShimProtocolNames.Spoken(ShimProtocols.None));
    }

    [Fact]
    public void Options_come_from_a_file_too()
    {
        using var folder = new TemporaryFolder();
        string file = folder.Write("options", "# for inetd\n--idle 60\n--max-body 2K\n");
        string[] args = ["--options", file, "notes.db"];
        ShimOptions options = ShimSettings.Take(ref args, new ShimOptions());
        Assert.Equal(["notes.db"], args);
        Assert.Equal((TimeSpan.FromSeconds(60), 2048L), (options.IdleTimeout, options.MaxBodySize));
    }

    [Fact]
    public void The_options_of_the_program_are_not_changed_by_those_of_the_command_line()
    {
        var own = new ShimOptions { IdleTimeout = TimeSpan.FromSeconds(5) };
        string[] args = ["--idle", "60"];
        Assert.Equal(TimeSpan.FromSeconds(60), ShimSettings.Take(ref args, own).IdleTimeout);
        Assert.Equal(TimeSpan.FromSeconds(5), own.IdleTimeout);
    }

    [Fact]
    public void A_program_sees_its_own_arguments_when_it_adds_its_routes()
    {
        int Program(string[] args) => Shim.Run(ref args, app =>
            app.MapGet("/{**x}", (request, response) => response.Write($"{string.Join(' ', args)} {request.ScriptName}")));
        Assert.Equal("a b /m", ShimTest.Send(() => Program(["a", "--mount", "/m", "b"]), ShimTestRequest.Get("/m/x")).Text);
    }
}
