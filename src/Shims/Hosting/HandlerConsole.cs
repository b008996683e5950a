using System.Text;
using Shims.Diagnostics;

namespace Shims.Hosting;

/// <summary>Console.Out and Console.Error: lines go to the request whose handler wrote them, and with it to the web server (FCGI_STDERR) or to the log, without waiting for either.</summary>
internal sealed class HandlerConsole : TextWriter
{
    private static readonly AsyncLocal<IErrorWriter?> s_current = new();
    private static int s_isInstalled;
    private static TextWriter? s_ofTests;

    private readonly TextWriter? _others;

    /// <param name="others">Gets what is written outside of any request; null for the log.</param>
    private HandlerConsole(TextWriter? others = null) => _others = others;

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>Assigns to the request all that this handler, and all that it starts, prints from now on.</summary>
    internal static void Attach(IErrorWriter channel)
    {
        s_current.Value = channel;
        if (Interlocked.Exchange(ref s_isInstalled, 1) != 0)
            return;
        var console = new HandlerConsole();
        Console.SetOut(console);
        Console.SetError(console);
    }

    /// <summary>
    /// As <see cref="Attach"/>, in a process that is not a handler's own: whatever is printed outside of a request goes where it went
    /// before.
    /// </summary>
    /// <param name="channel">Null for none from now on.</param>
    internal static void AttachTest(IErrorWriter? channel)
    {
        s_current.Value = channel;
        // Test runners set writers of their own, for each test anew.
        if (channel is null || ReferenceEquals(Console.Out, s_ofTests))
            return;
        Console.SetError(new HandlerConsole(Console.Error));
        Console.SetOut(new HandlerConsole(Console.Out));
        s_ofTests = Console.Out;
    }

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void WriteLine(string? value) => Write($"{value}\n".AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(buffer.ToArray());
        IErrorWriter? channel = s_current.Value;
        if (channel?.WriteError(bytes) == true)
            return;
        if (_others is not null)
        {
            _others.Write(buffer);
            return;
        }
        var log = new ScriptLog(channel?.RequestId);
        log.Write(bytes);
        log.End();
    }
}
