using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Shims.Control.Client;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>Responds to requests by starting the program that inetd would start, with this process in the web server's place.</summary>
internal sealed class ScriptExchange(Site site, ProgramStarter starter, ScriptVerdicts verdicts)
{
    /// <summary>How long a program whose answer is a failure may take to end, before the page is written without knowing how it did.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);

    /// <summary>Responds to a request.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="route">Where its path leads.</param>
    /// <param name="reply">Where the answer goes.</param>
    /// <param name="record">What is remembered of it.</param>
    /// <param name="left">The browser has gone.</param>
    internal async Task AnswerAsync(IncomingRequest request, Route route, IReply reply, RequestRecord record, CancellationToken left)
    {
        var errors = new ErrorFile();
        StartedProgram? program = null;
        RequestState state = RequestState.Left;
        try
        {
            ProgramLaunch launch = site.LaunchFor(route.File, site.Protocol == Gateway.Connections.Protocols.Scgi ? errors.Path : null);
            record.Update(noted => (noted.Script, noted.Command) = (route.File, [launch.Path, .. launch.Arguments]));
            program = await starter.StartAsync(launch);
            record.Update(noted => noted.Times.Started = program.StartedAt);
            state = await TalkAsync(request, route, program, errors, reply, record, left);
        }
        catch (ShimException exception)
        {
            var diagnosis = new Diagnosis(500, exception.Message);
            await SendPageAsync(await ExamineAsync(diagnosis, route), request, reply, record, left);
            state = RequestState.Done;
        }
        catch (Exception exception) when (left.IsCancellationRequested && exception is (OperationCanceledException or IOException or SocketException or ObjectDisposedException))
        {
            // Nobody waits for the answer any more.
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IOException or SocketException or OperationCanceledException)
        {
            // What Kestrel does not send: a header with a control character in it, more or less than Content-Length announced. Or the server is ending.
            record.Update(noted => noted.Trouble = $"the answer cannot be sent: {exception.Message}");
            state = RequestState.Broken;
            reply.BreakOff();
        }
        finally
        {
            record.Update(noted =>
            {
                noted.State = state;
                noted.Times.RequestRead ??= program?.RequestReadAt;
                noted.Times.Ended = System.Diagnostics.Stopwatch.GetTimestamp();
                errors.CopyTo(noted.StandardError);
            });
            _ = FollowToEndAsync(program, errors, record);
        }
    }

    private async Task<RequestState> TalkAsync(IncomingRequest request, Route route, StartedProgram program, ErrorFile errors, IReply reply, RequestRecord record, CancellationToken left)
    {
        await using GatewayReply answer = await GatewayClient.SendAsync(RequestFor(request, route, record), program.Connection, site.Protocol, new ExchangeObserver(record), left);
        record.UpdateQuietly(noted => noted.Times.RequestRead = program.RequestReadAt);
        ReplyHead? head = answer.Fault is null ? answer.Head : null;
        byte[]? start = null;
        if (head is null || MayBeShimPage(head))
        {
            start = head is null ? [] : await ReadShortAsync(answer, left);
            if (await DiagnoseAsync(answer, head, start, program, errors, record, route.File) is { } diagnosis)
            {
                await SendPageAsync(await ExamineAsync(diagnosis, route), request, reply, record, left);
                return RequestState.Done;
            }
        }
        record.Update(noted => (noted.Status, noted.ReplyHeaders) = (head!.Status, head.Headers));
        reply.Start(head!.Status, head.Headers);
        await PassOnAsync(answer, start, reply, record, left);
        if (answer.Fault is { } fault)
        {
            record.Update(noted => noted.Trouble = fault.ToString());
            reply.BreakOff();
            return RequestState.Broken;
        }
        await reply.CompleteAsync(left);
        return RequestState.Done;
    }

    private static async Task PassOnAsync(GatewayReply answer, byte[]? start, IReply reply, RequestRecord record, CancellationToken left)
    {
        // That it came is on record already.
        if (start is { Length: > 0 })
            await reply.WriteAsync(start, left);
        var buffer = new byte[32 * 1024];
        for (int count; (count = await answer.ReadBodyAsync(buffer, left)) > 0;)
            await PassOnAsync(buffer.AsMemory(0, count), reply, record, left);
    }

    private static ValueTask PassOnAsync(ReadOnlyMemory<byte> bytes, IReply reply, RequestRecord record, CancellationToken left)
    {
        record.UpdateQuietly(noted => noted.ReplyBody.Add(bytes.Span));
        return reply.WriteAsync(bytes, left);
    }

    /// <summary>The request as nginx would pass it on, with the configurations in nginx-examples/.</summary>
    private TestRequest RequestFor(IncomingRequest request, Route route, RequestRecord record)
    {
        List<(string Name, string? Value)> parameters =
        [
            ("SCRIPT_NAME", route.ScriptName),
            ("PATH_INFO", route.PathInfo),
            ("DOCUMENT_ROOT", site.Root),
            ("SCRIPT_FILENAME", route.File),
        ];
        return new TestRequest
        {
            Url = request.Url,
            Method = request.Method,
            Headers = [.. request.Headers.Where(header => !header.Name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))],
            Parameters = parameters,
            ScriptFilename = route.File,
            Body = request.Body is null ? null : new RecordedBody(request.Body, record),
            ContentLength = request.ContentLength,
            RemoteAddress = request.RemoteAddress,
            RemotePort = request.RemotePort,
        };
    }

    private static bool MayBeShimPage(ReplyHead head) =>
        head is { Status: >= 400, ContentLength: <= Diagnosis.LongestShimPage } && head.Find("Content-Type")?.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase) == true;

    private static async Task<byte[]> ReadShortAsync(GatewayReply answer, CancellationToken left)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[Diagnosis.LongestShimPage];
        for (int count; bytes.Length < Diagnosis.LongestShimPage && (count = await answer.ReadBodyAsync(buffer, left)) > 0;)
            bytes.Write(buffer, 0, count);
        return bytes.ToArray();
    }

    /// <summary>Why the answer is a failure, once the program has ended and everything has been said; null if it is none.</summary>
    private static async Task<Diagnosis?> DiagnoseAsync(GatewayReply answer, ReplyHead? head, byte[] start, StartedProgram program, ErrorFile errors, RequestRecord record, string script)
    {
        await Task.WhenAny(program.Ended, Task.Delay(s_patience));
        record.UpdateQuietly(noted =>
        {
            errors.CopyTo(noted.StandardError);
            noted.ReplyHeaders = answer.Head?.Headers ?? [];
            noted.ReplyBody.Add(head is null ? answer.Unfinished : start);
        });
        return head is null
            ? Diagnosis.OfReply(answer, script, Describe(program))
            : Diagnosis.OfShimPage(head.Status, start, record.Look(static noted => noted.StandardError.ToText(out _)));
    }

    private async Task<Diagnosis> ExamineAsync(Diagnosis diagnosis, Route route) =>
        site.IsApp(route.File) || route.Kind != RouteKind.Script ? diagnosis : diagnosis with { Findings = await verdicts.ExamineAsync(route.File) };

    private static async Task SendPageAsync(Diagnosis diagnosis, IncomingRequest request, IReply reply, RequestRecord record, CancellationToken left)
    {
        string said = record.Look(static noted => noted.StandardError.ToText(out _));
        string page = request.WantsPage ? DiagnosisPage.ToHtml(diagnosis, record, said) : DiagnosisPage.ToText(diagnosis, record, said);
        byte[] bytes = Encoding.UTF8.GetBytes(page);
        List<(string, string)> headers =
        [
            ("Content-Type", request.WantsPage ? "text/html; charset=utf-8" : "text/plain; charset=utf-8"),
            ("Content-Length", bytes.Length.ToString(CultureInfo.InvariantCulture)),
            ("Cache-Control", "no-store"),
            .. Inspector.SecurityHeaders,
        ];
        record.Update(noted => (noted.Status, noted.Trouble, noted.Findings) = (diagnosis.Status, diagnosis.Cause, diagnosis.Findings));
        reply.Start(diagnosis.Status, headers);
        await reply.WriteAsync(bytes, left);
        await reply.CompleteAsync(left);
    }

    /// <summary>A program may go on when its answer is complete. What it says and how it ends goes on record when it has ended.</summary>
    private static async Task FollowToEndAsync(StartedProgram? program, ErrorFile errors, RequestRecord record)
    {
        if (program is not null)
            await program.Ended;
        record.Update(noted =>
        {
            noted.Exit = program is null ? null : Describe(program);
            errors.CopyTo(noted.StandardError);
        });
        errors.Dispose();
    }

    private static string? Describe(StartedProgram program)
    {
        if (!program.Ended.IsCompletedSuccessfully)
            return null;
        ExitStatus status = program.Ended.Result;
        return status.Signal == 0 ? $"exit status {status.Code}" : $"killed by signal {status.Signal}";
    }
}
