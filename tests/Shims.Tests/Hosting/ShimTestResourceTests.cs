using Shims.Testing;

namespace Shims.Tests.Hosting;

/// <summary>What requests of tests leave behind; no other test runs meanwhile.</summary>
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

    [CollectionDefinition(Alone, DisableParallelization = true)]
    public sealed class Definition;
}
