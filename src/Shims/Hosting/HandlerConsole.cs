using System.Text;
using Shims.Diagnostics;

namespace Shims.Hosting;

/// <summary>Console.Out and Console.Error: lines go to the request whose handler wrote them, and with it to the web server (FCGI_STDERR) or to the log, without waiting for either.</summary>
internal sealed class HandlerConsole : TextWriter
{
    private static readonly AsyncLocal<HandlerChannel?> s_current = new();
    private static int s_isInstalled;

    private HandlerConsole()
    {
    }

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Assigns to the request all that this handler, and all that it starts, prints from now on.</summary>
    internal static void Attach(HandlerChannel channel)
    {
        s_current.Value = channel;
        if (Interlocked.Exchange(ref s_isInstalled, 1) != 0)
            return;
        var console = new HandlerConsole();
        Console.SetOut(console);
        Console.SetError(console);
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void WriteLine(string? value) => Write($"{value}\n".AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(buffer.ToArray());
        HandlerChannel? channel = s_current.Value;
        if (channel?.WriteError(bytes) == true)
            return;
        var log = new ScriptLog(channel?.RequestId);
        log.Write(bytes);
        log.End();
    }
}
