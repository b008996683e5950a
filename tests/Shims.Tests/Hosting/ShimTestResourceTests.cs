using Shims.Testing;

namespace Shims.Tests.Hosting;

/// <summary>Requests of tests and what belongs to the whole process: descriptors, the console. No other test runs meanwhile.</summary>
[Collection(Alone)]
public sealed class ShimTestResourceTests
{
    private const string Alone = "alone";

    [Fact]
    public void Many_requests_of_tests_leave_no_descriptors_behind()
    {
        Run(10);
        int before = Directory.GetFiles("/proc/self/fd").Length;
        Run(TestExtent.Of(100, 1000));
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 1, before + 20);

        static void Run(int count)
        {
            for (int i = 0; i < count; i++)
                Assert.Equal("x", ShimTest.Send(WriteLaterAsync, ShimTestRequest.Get("/")).Text);
        }

        static async Task WriteLaterAsync(CgiRequest request, CgiResponse response)
        {
            await Task.Yield();
            response.Write("x");
        }
    }

    [Fact]
    public void Lines_that_a_handler_prints_are_in_the_log_of_the_test_and_others_go_where_they_went()
    {
        TextWriter before = Console.Out;
        var printed = new StringWriter();
        Console.SetOut(printed);
        try
        {
            ShimTestResponse response = ShimTest.Send(static (_, _) => Console.WriteLine("from the handler"), ShimTestRequest.Get("/"));
            Console.WriteLine("from the test");
            Assert.Equal("from the handler\n", response.Log);
            Assert.Equal("from the test\n", printed.ToString());
        }
        finally
        {
            Console.SetOut(before);
        }
    }

    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class Definition;
}
