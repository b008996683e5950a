using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Shims.Control.Client;
using Shims.Control.Doctor;
using Shims.Diagnostics;
using Shims.Posix;

namespace Shims.Control.Serve;

/// <summary>Responds to requests by starting the program that inetd would start, with this process as the web server.</summary>
internal sealed class ScriptExchange(Site site, ProgramStarter starter, ScriptVerdicts verdicts)
{
    /// <summary>The longest wait for the exit status of a failed program before the error page is sent without it.</summary>
    private static readonly TimeSpan s_exitLimit = TimeSpan.FromSeconds(2);

    /// <summary>The number of characters of a script's last line that are quoted.</summary>
    private const int LongestLastWords = 300;

    /// <summary>Responds to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="route">The script of its path.</param>
    /// <param name="sink">Destination of the response.</param>
    /// <param name="record">The record of the request.</param>
    /// <param name="left">Cancelled when the browser closes the connection.</param>
    internal async Task RespondAsync(IncomingRequest request, Route route, IResponseSink sink, RequestRecord record, CancellationToken left)
    {
        var errors = new ErrorFile();
        StartedProgram? program = null;
        RequestState state = RequestState.Aborted;
        try
        {
            ProgramLaunch launch = site.LaunchFor(route.File, site.Protocol == Gateway.Connections.Protocols.Scgi ? errors.Path : null);
            record.Update(noted => (noted.Script, noted.Command) = (route.File, [launch.Path, .. launch.Arguments]));
            program = await starter.StartAsync(launch);
            record.Update(noted => noted.Times.Started = program.StartedAt);
            state = await TalkAsync(request, route, program, errors, sink, record, left);
        }
        catch (ShimException exception)
        {
            var diagnosis = new Diagnosis(500, exception.Message);
            await SendPageAsync(await ExamineAsync(diagnosis, route), request, sink, record, left);
            state = RequestState.Done;
        }
        catch (Exception exception) when (left.IsCancellationRequested
            && exception is (OperationCanceledException or IOException or SocketException or ObjectDisposedException))
        {
            // The browser has closed the connection.
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IOException or SocketException
            or OperationCanceledException)
        {
            // Kestrel refuses to send a control character in a header, or a body that does not match Content-Length. Or the server is
            // ending.
            record.Update(noted => noted.Trouble = $"the response cannot be sent: {exception.Message}");
            state = RequestState.Truncated;
            sink.Abort();
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

    private async Task<RequestState> TalkAsync(IncomingRequest request, Route route, StartedProgram program, ErrorFile errors,
        IResponseSink sink, RequestRecord record, CancellationToken left)
    {
        await using GatewayResponse response = await GatewayClient.SendAsync(RequestFor(request, route, record), program.Connection,
            site.Protocol, new ExchangeObserver(record), left);
        record.UpdateQuietly(noted => noted.Times.RequestRead = program.RequestReadAt);
        GatewayResponseHead? head = response.Fault is null ? response.Head : null;
        byte[]? start = null;
        if (head is null || MayBeShimPage(head))
        {
            start = head is null ? [] : await ReadShortAsync(response, left);
            if (await DiagnoseAsync(response, head, start, program, errors, record, route.File) is { } diagnosis)
            {
                record.UpdateQuietly(noted => noted.IsRefused = head is not null);
                await SendPageAsync(await ExamineAsync(diagnosis, route), request, sink, record, left);
                return RequestState.Done;
            }
        }
        record.Update(noted => (noted.Status, noted.ResponseHeaders, noted.ResponseHead) = (head!.Status, head.Headers, head.Raw));
        sink.Start(head!.Status, head.Headers);
        await PassOnAsync(response, start, sink, record, left);
        if (response.EndRequest is { ApplicationStatus: not 0 } end)
            record.UpdateQuietly(noted => noted.BadEnd = ExitStatus.OfCode(end.ApplicationStatus));
        if (response.Fault is { } fault)
        {
            record.Update(noted => noted.Trouble = fault.ToString());
            sink.Abort();
            return RequestState.Truncated;
        }
        await sink.CompleteAsync(left);
        return RequestState.Done;
    }

    private static async Task PassOnAsync(GatewayResponse response, byte[]? start, IResponseSink sink, RequestRecord record,
        CancellationToken left)
    {
        // It has been recorded already.
        if (start is { Length: > 0 })
            await sink.WriteAsync(start, left);
        var buffer = new byte[32 * 1024];
        for (int count; (count = await response.ReadBodyAsync(buffer, left)) > 0;)
            await PassOnAsync(buffer.AsMemory(0, count), sink, record, left);
    }

    private static ValueTask PassOnAsync(ReadOnlyMemory<byte> bytes, IResponseSink sink, RequestRecord record, CancellationToken left)
    {
        record.UpdateQuietly(noted => noted.ResponseBody.Add(bytes.Span));
        return sink.WriteAsync(bytes, left);
    }

    /// <summary>The request as nginx passes it on with the configurations in nginx-examples/.</summary>
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

    private static bool MayBeShimPage(GatewayResponseHead head) =>
        head is { Status: >= 400, ContentLength: <= Diagnosis.LongestShimPage }
            && head.Find("Content-Type")?.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase) == true;

    private static async Task<byte[]> ReadShortAsync(GatewayResponse response, CancellationToken left)
    {
        var bytes = new MemoryStream();
        var buffer = new byte[Diagnosis.LongestShimPage];
        for (int count; bytes.Length < Diagnosis.LongestShimPage && (count = await response.ReadBodyAsync(buffer, left)) > 0;)
            bytes.Write(buffer, 0, count);
        return bytes.ToArray();
    }

    /// <summary>The cause of a failure, after the end of the program; null if the response is not a failure.</summary>
    private static async Task<Diagnosis?> DiagnoseAsync(GatewayResponse response, GatewayResponseHead? head, byte[] start,
        StartedProgram program, ErrorFile errors, RequestRecord record, string script)
    {
        await Task.WhenAny(program.Ended, Task.Delay(s_exitLimit));
        record.UpdateQuietly(noted =>
        {
            errors.CopyTo(noted.StandardError);
            (noted.ResponseHeaders, noted.ResponseHead) = (response.Head?.Headers ?? [], response.Head?.Raw ?? []);
            noted.ResponseBody.Add(head is null ? response.Unfinished : start);
        });
        return head is null
            ? Diagnosis.OfResponse(response, script, Describe(program))
            : Diagnosis.OfShimPage(head.Status, start, record.Look(static noted => noted.StandardError.ToText(out _)));
    }

    private async Task<Diagnosis> ExamineAsync(Diagnosis diagnosis, Route route) =>
        site.IsApp(route.File) || route.Kind != RouteKind.Script ? diagnosis
            : diagnosis with { Findings = [.. (await verdicts.ExamineAsync(route.File)).Where(IsFault)] };

    /// <summary>Whether a finding is worth a place under the cause. Checks that passed are not.</summary>
    private static bool IsFault(Finding finding) => finding.Severity > Severity.Good;

    private static async Task SendPageAsync(Diagnosis diagnosis, IncomingRequest request, IResponseSink sink, RequestRecord record,
        CancellationToken left)
    {
        string errors = record.Look(static noted => noted.StandardError.ToText(out _));
        string page = request.AcceptsHtml ? DiagnosisPage.ToHtml(diagnosis, record, errors)
            : DiagnosisPage.ToText(diagnosis, record, errors);
        byte[] bytes = Encoding.UTF8.GetBytes(page);
        List<(string, string)> headers =
        [
            ("Content-Type", request.AcceptsHtml ? "text/html; charset=utf-8" : "text/plain; charset=utf-8"),
            ("Content-Length", bytes.Length.ToString(CultureInfo.InvariantCulture)),
            ("Cache-Control", "no-store"),
            .. SecurityHeaders.All,
        ];
        record.Update(noted => (noted.Status, noted.Trouble, noted.Findings) = (diagnosis.Status, diagnosis.Cause, diagnosis.Findings));
        sink.Start(diagnosis.Status, headers);
        await sink.WriteAsync(bytes, left);
        await sink.CompleteAsync(left);
    }

    /// <summary>Records standard error and exit status at the end of the program, which may run longer than its response.</summary>
    private async Task FollowToEndAsync(StartedProgram? program, ErrorFile errors, RequestRecord record)
    {
        if (program is not null)
            await program.Ended;
        record.Update(noted =>
        {
            noted.Exit = program is null ? null : Describe(noted.BadEnd ?? program.Ended.Result);
            errors.CopyTo(noted.StandardError);
            if (program is not null && noted.State == RequestState.Done)
                NoteBadEnd(noted, program.Ended.Result);
        });
        errors.Dispose();
    }

    /// <summary>Marks a request whose script failed after it had begun its response.</summary>
    /// <remarks>Over SCGI the program that was started has become the script. Over FastCGI the shim tells the script's exit
    /// status.</remarks>
    private void NoteBadEnd(RequestRecord noted, ExitStatus end)
    {
        if (site.Protocol == Gateway.Connections.Protocols.Scgi && end.Code != 0 && !noted.IsRefused)
            noted.BadEnd = end;
        if (noted.BadEnd is not { } bad || noted.Trouble is not null)
            return;
        string gateway = noted.Command.Count == 0 ? "" : Path.GetFileName(noted.Command[0]);
        string last = noted.StandardError.ToText(out bool isText).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .LastOrDefault(line => isText && !line.StartsWith($"{gateway}: ", StringComparison.Ordinal)
                && !line.StartsWith($"{gateway}[", StringComparison.Ordinal)) ?? "";
        noted.Trouble = $"{noted.Script} {(bad.Signal == 0 ? "ended with" : "was")} {Describe(bad)}, so its response may be incomplete"
            + (last.Length == 0 ? "" : $": {last[..Math.Min(last.Length, LongestLastWords)]}");
    }

    private static string? Describe(StartedProgram program)
    {
        if (!program.Ended.IsCompletedSuccessfully)
            return null;
        return Describe(program.Ended.Result);
    }

    private static string Describe(ExitStatus status) =>
        status.Signal == 0 ? $"exit status {status.Code}" : $"killed by signal {status.Signal}";
}
