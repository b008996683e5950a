namespace Shims.MatrixTests;

/// <summary>What a script is started with beside the request: nothing of it is the super-server's or the web server's.</summary>
internal static class SurroundingChecks
{
    /// <summary>Descriptors, signals, working directory, and none of the variables in which super-servers tell their programs something.</summary>
    internal static async Task SurroundingsAsync(RunningFront front)
    {
        ScriptReply reply = await front.Browser.GetAsync("/cgi-bin/surroundings.cgi");
        // What is above 31 are real-time signals, two of which the C library that started the server keeps to itself.
        Assert.Equal(["0 1 2 3", "SigBlk 0", "SigIgn 0", front.Installation.AddressOf("/srv/cgi-bin")],
            reply.Body.TrimEnd('\n').Split('\n').Select(line => line.Split(":\t") is [var name, var mask] ? $"{name} {Convert.ToUInt64(mask, 16) & 0x7FFFFFFF}" : line));
        IReadOnlyDictionary<string, string> environment = (await front.Browser.GetAsync("/cgi-bin/env.cgi")).Environment;
        Assert.DoesNotContain(environment.Keys, name => name is "PROTO" or "REMOTE_HOST" or "PHP_FCGI_CHILDREN" or "HOME" or "USER"
            || new[] { "LISTEN_", "TCP", "UNIX", "SOCAT_", "inetd" }.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)));
    }

    /// <summary>What a script writes to its standard error is never part of its page.</summary>
    internal static async Task StandardErrorAsync(RunningFront front)
    {
        ScriptReply reply = await front.Browser.GetAsync("/cgi-bin/loud.cgi");
        Assert.Equal((200, "first\nsecond\n", true), (reply.Status, reply.Body, reply.IsComplete));
    }
}
