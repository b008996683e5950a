using System.Net.Sockets;

namespace Shims.ProgramTests;

/// <summary>How to bring a connection to a <see cref="Standstill"/>.</summary>
internal static class Standstills
{
    /// <summary>Bytes: more than script, pipe, shim and socket hold.</summary>
    private const int Large = 1_000_000;

    /// <summary>Bytes: more than a socket holds, and no more than pipe, shim and socket do.</summary>
    private const int Medium = 250_000;

    /// <summary>What <see cref="ReachAsync"/> wants of a script.</summary>
    public static string Script(ScriptFolder folder) => folder.Shell($$"""
        case $QUERY_STRING in
        NothingTaken) printf 'Content-Type: text/plain\n\n'; head -c {{Large}} /dev/zero;;
        NothingTakenAfterTheEnd) printf 'Content-Type: text/plain\n\n'; head -c {{Medium}} /dev/zero;;
        DeafScript) trap '' TERM; printf 'Content-Type: text/plain\n\n'; for i in 1 2 3; do echo deaf; done; sleep 1000;;
        *) printf 'Content-Type: text/plain\n\nserved';;
        esac
        """);

    /// <summary>Those that there are in a way of running scripts.</summary>
    public static IEnumerable<Standstill> Of(RunModeUnderTest mode) => Enum.GetValues<Standstill>().Where(standstill => standstill switch
    {
        Standstill.HalfParams or Standstill.ManagementRecordOnly or Standstill.EndlessBody or Standstill.KeptConnection => mode.SpeaksFastCgi(),
        _ => true,
    });

    /// <summary>Brings a connection to the point, and returns when the program has seen all that was sent.</summary>
    public static async Task ReachAsync(this Standstill standstill, RunModeUnderTest mode, Conversation conversation, string script)
    {
        RequestVariables get = RequestVariables.For("GET", script, query: standstill.ToString()), post = RequestVariables.For("POST", script);
        Connection connection = conversation.Connection;
        switch (standstill)
        {
            case Standstill.NothingSent:
                return;
            case Standstill.HalfHeader:
                await connection.SendAsync(mode.Beginning()[..5]);
                return;
            case Standstill.HalfParams:
                await conversation.FastCgi.SendAsync([FastCgiClient.Begin(), .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(get), ended: false)]);
                break;
            case Standstill.ManagementRecordOnly:
                await conversation.FastCgi.SendAsync(FastCgiClient.GetValues("FCGI_MAX_CONNS"));
                Assert.Equal(FastCgiRecordType.GetValuesResult, (await conversation.FastCgi.ReceiveAsync(Patience.Limit))!.Type);
                break;
            case Standstill.HalfBody:
                await connection.SendAsync(Cut(mode, post, 1000, 3));
                break;
            case Standstill.HalfLargeBody:
                await connection.SendAsync(Cut(mode, post, 100_000, 3));
                break;
            case Standstill.EndlessBody:
                await conversation.FastCgi.SendAsync(
                [
                    FastCgiClient.Begin(),
                    .. FastCgiClient.Stream(FastCgiRecordType.Params, 1, FastCgiClient.EncodePairs(post)),
                    .. FastCgiClient.Stream(FastCgiRecordType.Stdin, 1, new byte[3], ended: false),
                ]);
                break;
            case Standstill.KeptConnection:
                Assert.Equal("served", (await conversation.FastCgi.ExchangeAsync(get, keepConnection: true, limit: Patience.Limit)).Reply.Body);
                return;
            case Standstill.NothingTaken or Standstill.NothingTakenAfterTheEnd:
                await conversation.SendAsync(get);
                await Patience.UntilAsync(() => connection.Socket.Available > Medium / 2, "an answer that fills the connection");
                return;
            case Standstill.DeafScript:
                await conversation.SendAsync(get);
                await connection.ReceiveAsync(1, Patience.Limit);
                return;
        }
        if (connection.Socket.AddressFamily == AddressFamily.Unix)
            await Patience.UntilAsync(() => mode != RunModeUnderTest.FastCgi || connection.UnreadByProgram == 0, "the program to read what was sent");
    }

    private static byte[] Cut(RunModeUnderTest mode, RequestVariables variables, int length, int sent)
    {
        byte[] body = new byte[length];
        int unsent = length - sent;
        // Of FastCGI's body, the padding and the record that ends it are left out too.
        return mode.SpeaksFastCgi()
            ? [.. FastCgiClient.Encode(variables.With("CONTENT_LENGTH", $"{length}"), recordLength: 32768).AsSpan()[..^8], .. new FastCgiRecord(FastCgiRecordType.Stdin, 1, body[..sent]).ToBytes()]
            : mode.Encode(variables, body)[..^unsent];
    }
}
